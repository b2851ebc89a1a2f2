// How the player of each provider is addressed. What is not known here gets a link, and no player.
type Embed = { provider: string; media_id: string; url?: string; start?: number };

const players: Record<string, (id: string, start: number) => string> = {
  youtube: (id, start) => `https://www.youtube-nocookie.com/embed/${id}?autoplay=1&start=${start}`,
  vimeo: (id, start) => {
    const [number, hash] = id.split("/");
    return `https://player.vimeo.com/video/${number}?autoplay=1&dnt=1${hash ? `&h=${hash}` : ""}#t=${start}s`;
  },
  dailymotion: (id, start) => `https://geo.dailymotion.com/player.html?video=${id}&startTime=${start}`,
  ted: (id) => `https://embed.ted.com/talks/${id}`,
  soundcloud: (id) =>
    `https://w.soundcloud.com/player/?auto_play=true&url=${encodeURIComponent(`https://soundcloud.com/${id}`)}`,
  spotify: (id) => `https://open.spotify.com/embed/${id}`,
};

export const names: Record<string, string> = {
  youtube: "YouTube",
  vimeo: "Vimeo",
  dailymotion: "Dailymotion",
  ted: "TED",
  soundcloud: "SoundCloud",
  spotify: "Spotify",
};

export function player(embed: Embed): string | undefined {
  return players[embed.provider]?.(embed.media_id, embed.start ?? 0);
}
