//! A photo-like picture from arithmetic alone: a sky of soft gradients, ridges of hills, fractal texture with fine
//! detail that fades with distance, hard edges and the grain of a sensor. The same bytes on every machine.

/// The picture as packed RGB, `width * height * 3` bytes.
pub fn photo(width: usize, height: usize) -> Vec<u8> {
    let mut pixels = vec![0_u8; width * height * 3];
    let bands = std::thread::available_parallelism().map_or(1, usize::from);
    let rows = height.div_ceil(bands);
    std::thread::scope(|scope| {
        for (band, out) in pixels.chunks_mut(rows * width * 3).enumerate() {
            scope.spawn(move || {
                for (row, line) in out.chunks_mut(width * 3).enumerate() {
                    paint(line, band * rows + row, width, height);
                }
            });
        }
    });
    pixels
}

fn paint(line: &mut [u8], y: usize, width: usize, height: usize) {
    let v = y as f32 / height as f32;
    for (x, pixel) in line.chunks_exact_mut(3).enumerate() {
        let u = x as f32 / width as f32 * 1.5;
        let colour = scene(u, v);
        let grain = (hash(x as u32, y as u32, 77) - 0.5) * 14.0;
        for (channel, value) in pixel.iter_mut().zip(colour) {
            *channel = (value * 255.0 + grain).clamp(0.0, 255.0) as u8;
        }
    }
}

fn scene(u: f32, v: f32) -> [f32; 3] {
    let far = 0.42 + 0.10 * fractal(u * 2.5, 3.0, 5, 1) - 0.05;
    let near = 0.62 + 0.16 * fractal(u * 4.0, 9.0, 7, 2) - 0.08;
    let mut colour = sky(u, v);
    if v > far {
        let t = fractal(u * 60.0, v * 60.0, 7, 3);
        colour = mix([0.30, 0.42, 0.50], [0.46, 0.55, 0.58], t);
    }
    if v > near {
        let t = fractal(u * 26.0, v * 34.0, 9, 4);
        let fine = fractal(u * 330.0, v * 330.0, 4, 5);
        colour = mix([0.10, 0.16, 0.05], [0.52, 0.50, 0.25], (t * 0.75 + fine * 0.5 - 0.12).clamp(0.0, 1.0));
    }
    house(u, v, near, colour)
}

fn sky(u: f32, v: f32) -> [f32; 3] {
    let cloud = ((fractal(u * 3.0, v * 6.0, 8, 6) - 0.48) * 3.2).clamp(0.0, 1.0);
    mix(mix([0.22, 0.44, 0.78], [0.74, 0.84, 0.92], v * 2.0), [0.97, 0.96, 0.95], cloud)
}

/// Walls with straight edges, rows of dark windows and a tiled roof.
fn house(u: f32, v: f32, ground: f32, behind: [f32; 3]) -> [f32; 3] {
    let (x, y) = ((u - 0.82) / 0.34, (v - 0.38) / 0.36);
    if !(0.0..1.0).contains(&x) || y > 1.0 || v > ground + 0.16 {
        return behind;
    }
    let slope = (x - 0.5).abs() * 0.7;
    if y < slope {
        return behind;
    }
    if y < 0.35 {
        let tile = ((y * 42.0).fract() < 0.18) || ((x * 60.0 + (y * 42.0).floor() * 0.5).fract() < 0.1);
        let shade = fractal(u * 160.0, v * 160.0, 5, 7) * 0.25;
        return if tile {
            [0.30, 0.12, 0.09]
        } else {
            [0.52 + shade, 0.24 + shade * 0.5, 0.18 + shade * 0.4]
        };
    }
    let window = (0.25..0.7).contains(&(x * 6.0).fract()) && (0.2..0.75).contains(&(y * 5.0).fract());
    let plaster = 0.84 + 0.12 * (fractal(u * 90.0, v * 90.0, 7, 8) - 0.5);
    if window {
        mix([0.10, 0.12, 0.16], [0.45, 0.52, 0.6], fractal(u * 20.0, v * 20.0, 4, 9))
    } else {
        [plaster, plaster * 0.95, plaster * 0.84]
    }
}

fn mix(a: [f32; 3], b: [f32; 3], t: f32) -> [f32; 3] {
    [0, 1, 2].map(|i| a[i] + (b[i] - a[i]) * t)
}

/// Value noise in octaves, each of half the size and half the height, from 0 to 1.
fn fractal(x: f32, y: f32, octaves: u32, seed: u32) -> f32 {
    let (mut sum, mut height, mut scale, mut total) = (0.0, 1.0, 1.0, 0.0);
    for octave in 0..octaves {
        sum += height * noise(x * scale, y * scale, seed * 31 + octave);
        total += height;
        height *= 0.55;
        scale *= 2.0;
    }
    sum / total
}

fn noise(x: f32, y: f32, seed: u32) -> f32 {
    let (left, top) = (x.floor(), y.floor());
    let (fx, fy) = (smooth(x - left), smooth(y - top));
    let (left, top) = (left as i32 as u32, top as i32 as u32);
    let at = |dx: u32, dy: u32| hash(left.wrapping_add(dx), top.wrapping_add(dy), seed);
    let upper = at(0, 0) + (at(1, 0) - at(0, 0)) * fx;
    let lower = at(0, 1) + (at(1, 1) - at(0, 1)) * fx;
    upper + (lower - upper) * fy
}

fn smooth(t: f32) -> f32 {
    t * t * (3.0 - 2.0 * t)
}

fn hash(x: u32, y: u32, seed: u32) -> f32 {
    let mut h = x.wrapping_mul(0x9E37_79B1) ^ y.wrapping_mul(0x85EB_CA77) ^ seed.wrapping_mul(0xC2B2_AE3D);
    h ^= h >> 15;
    h = h.wrapping_mul(0x2C1B_3C6D);
    h ^= h >> 12;
    h = h.wrapping_mul(0x297A_2D39);
    h ^= h >> 15;
    (h >> 8) as f32 / 16_777_216.0
}
