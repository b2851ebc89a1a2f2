//! Renditions of a photo-like 24-megapixel JPEG to four widths in WebP and JPEG, side by side with sharp. Both sides run
//! in processes of their own and take turns; the medians, sizes, perceptual scores and our peak of memory are printed.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::expect_used,
    clippy::many_single_char_names,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a bench prints, stops at the first surprise and counts in numbers that fit"
)]

mod picture;
mod score;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

use masthead::blobs::image::{
    Fit, Focal, Format, Limits, Preset, QUALITY, Target, decode_cost, picture_of, plan, render,
};

const WIDTHS: [u32; 4] = [320, 640, 1024, 1600];
const THREADS: usize = 2;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--worker", photo] => worker(Path::new(photo)),
        [folder] => compare(Path::new(folder), 9),
        [folder, rounds] => compare(Path::new(folder), rounds.parse().expect("a number of rounds")),
        _ => eprintln!("usage: media FOLDER [ROUNDS]"),
    }
}

fn targets(width: u32, height: u32) -> Vec<Target> {
    let target = |wide: u32, format| {
        let preset = Preset { name: format!("w{wide}"), width: Some(wide), height: None, fit: Fit::Inside };
        Target { plan: plan(width, height, &preset, Focal::default()), format, quality: QUALITY }
    };
    WIDTHS.iter().flat_map(|width| [target(*width, Format::Webp), target(*width, Format::Jpeg)]).collect()
}

/// Our side, with the protocol of `sharp.mjs`.
fn worker(photo: &Path) {
    let bytes = fs::read(photo).expect("the photo");
    let limits = Limits::default();
    let make = || {
        let picture = picture_of(&bytes, &limits).expect("a picture");
        render(&bytes, &picture, &targets(picture.width, picture.height), THREADS, &limits)
            .expect("renditions")
    };
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        match line.split(' ').collect::<Vec<_>>()[..] {
            ["run", _] => {
                let start = Instant::now();
                make();
                println!("{:.2}", start.elapsed().as_secs_f64() * 1e3);
            }
            ["save", _, folder] => {
                for out in make() {
                    let name = format!("{folder}/{}.{}", out.width, out.format.extension());
                    fs::write(name, out.bytes).expect("a rendition");
                }
                println!("saved");
            }
            ["memory"] => {
                let picture = picture_of(&bytes, &limits).expect("a picture");
                let estimate = decode_cost(&picture, &targets(picture.width, picture.height)) >> 20;
                println!("{} {estimate}", peak());
            }
            _ => println!("?"),
        }
    }
}

/// The most memory that this process has held, in MiB.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0");
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or(0) / 1024
}

struct Side {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Side {
    fn start(command: &mut Command) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("a process");
        let input = child.stdin.take().expect("its input");
        let output = BufReader::new(child.stdout.take().expect("its output"));
        Self { child, input, output }
    }

    fn ask(&mut self, question: &str) -> String {
        writeln!(self.input, "{question}").expect("the process listens");
        let mut answer = String::new();
        self.output.read_line(&mut answer).expect("the process answers");
        answer.trim().to_owned()
    }

    fn stop(mut self) {
        drop(self.input);
        self.child.wait().expect("the process ends");
    }
}

fn compare(folder: &Path, rounds: usize) {
    let photo = photo(folder);
    let mut ours =
        Side::start(Command::new(std::env::current_exe().expect("this program")).arg("--worker").arg(&photo));
    let mut sharp = Side::start(Command::new("node").arg(folder.join("sharp.mjs")).arg(&photo));
    let forms: Vec<String> = sharp.ask("forms").split(' ').map(str::to_owned).collect();
    let mut times: Vec<(String, Vec<f64>)> = vec![("masthead".to_owned(), Vec::new())];
    times.extend(forms.iter().map(|form| (form.clone(), Vec::new())));
    for round in 0..=rounds {
        for (number, (form, times)) in times.iter_mut().enumerate() {
            let side = if number == 0 { &mut ours } else { &mut sharp };
            let time: f64 = side.ask(&format!("run {form}")).parse().expect("milliseconds");
            // The first round warms up.
            if round > 0 {
                times.push(time);
            }
        }
    }
    let medians: Vec<(String, f64)> = times.into_iter().map(|(form, times)| (form, median(times))).collect();
    let mut theirs = medians[1..].to_vec();
    theirs.sort_by(|a, b| a.1.total_cmp(&b.1));
    println!("\nmedian of {rounds} rounds, milliseconds for eight files from 6000 x 4000");
    for (form, time) in &medians {
        println!("  {form:<10} {time:>7.0}");
    }
    let (best, time) = &theirs[0];
    println!("  wall time: {:.2} of sharp's best ({best})", medians[0].1 / time);
    let (mine, other, reference) = (made(folder, "ours"), made(folder, "sharp"), made(folder, "reference"));
    ours.ask(&format!("save all {}", mine.display()));
    sharp.ask(&format!("save {best} {}", other.display()));
    sharp.ask(&format!("reference {}", reference.display()));
    score::table(&photo, &WIDTHS, &mine, &other, &reference);
    let memory = ours.ask("memory");
    let (held, estimate) = memory.split_once(' ').expect("two numbers");
    println!(
        "  peak of memory: {held} MiB in all, the file and the program with it; estimated {estimate} MiB"
    );
    ours.stop();
    sharp.stop();
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn made(folder: &Path, name: &str) -> PathBuf {
    let path = folder.join(name);
    fs::create_dir_all(&path).expect("a folder");
    path
}

/// Written once and kept: making it takes longer than the bench.
fn photo(folder: &Path) -> PathBuf {
    let path = folder.join("photo-1.jpg");
    if !path.exists() {
        let pixels = picture::photo(6000, 4000);
        let mut bytes = Vec::new();
        let mut encoder = jpeg_encoder::Encoder::new(&mut bytes, 90);
        encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::F_2_2);
        encoder.encode(&pixels, 6000, 4000, jpeg_encoder::ColorType::Rgb).expect("the photo");
        fs::write(&path, bytes).expect("the photo");
    }
    let length = fs::metadata(&path).map_or(0, |file| file.len());
    println!("photo of 6000 x 4000 pixels, quality 90, 4:2:0, {:.1} MB", length as f64 / 1e6);
    path
}
