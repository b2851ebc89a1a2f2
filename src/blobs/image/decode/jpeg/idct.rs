//! From coefficients to samples. A block of eight gives a square of 8, 4, 2 or 1 by the transform of that length over the
//! lowest coefficients, which is the picture without the frequencies that the smaller one cannot show.

use super::scan::ZIGZAG;

/// Scales of the transform of Arai, Agui and Nakajima (1988), `cos(k pi / 16) * sqrt(2)`, and 1 for the first.
const AAN: [f32; 8] =
    [1.0, 1.387_039_8, 1.306_563, 1.175_875_6, 1.0, 0.785_694_96, 0.541_196_1, 0.275_899_38];

/// What each kept coefficient is multiplied with, row by row.
pub(super) fn factors(quantiser: &[u16; 64], side: usize) -> [f32; 64] {
    let mut factors = [0.0; 64];
    for (value, natural) in quantiser.iter().zip(ZIGZAG) {
        let (row, column) = (usize::from(natural / 8), usize::from(natural % 8));
        if row < side && column < side {
            let scale = if side == 8 { AAN[row] * AAN[column] } else { 1.0 };
            factors[row * side + column] = f32::from(*value) * scale / 8.0;
        }
    }
    factors
}

type Square<const N: usize> = [[f32; N]; N];

fn load<const N: usize>(block: &[i16], factors: &[f32; 64]) -> Square<N> {
    let mut square = [[0.0; N]; N];
    let rows = block.as_chunks::<N>().0.iter().zip(factors.as_chunks::<N>().0);
    for (row, (values, factors)) in square.iter_mut().zip(rows) {
        for i in 0..N {
            row[i] = f32::from(values[i]) * factors[i];
        }
    }
    square
}

fn transpose<const N: usize>(square: &Square<N>) -> Square<N> {
    let mut out = [[0.0; N]; N];
    for i in 0..N {
        for j in 0..N {
            out[i][j] = square[j][i];
        }
    }
    out
}

/// Samples are stored around zero.
fn samples<const N: usize>(square: &Square<N>) -> [[u8; N]; N] {
    let mut out = [[0; N]; N];
    for (to, from) in out.iter_mut().zip(square) {
        for i in 0..N {
            to[i] = sample(from[i]);
        }
    }
    out
}

/// Rounds by letting the fraction fall off the end of a large number, which takes one addition.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the lowest eight bits are the number")]
fn sample(value: f32) -> u8 {
    ((value + 128.0).clamp(0.0, 255.0) + 8_388_608.0).to_bits() as u8
}

pub(super) fn one(block: &[i16], factors: &[f32; 64]) -> [[u8; 1]; 1] {
    samples(&load::<1>(block, factors))
}

pub(super) fn two(block: &[i16], factors: &[f32; 64]) -> [[u8; 2]; 2] {
    let [[a, b], [c, d]] = load::<2>(block, factors);
    let (up, down) = ([a + c, b + d], [a - c, b - d]);
    samples(&[[up[0] + up[1], up[0] - up[1]], [down[0] + down[1], down[0] - down[1]]])
}

pub(super) fn four(block: &[i16], factors: &[f32; 64]) -> [[u8; 4]; 4] {
    let columns = transpose(&down_four(&load::<4>(block, factors)));
    samples(&transpose(&down_four(&columns)))
}

pub(super) fn eight(block: &[i16], factors: &[f32; 64]) -> [[u8; 8]; 8] {
    let columns = transpose(&down_eight(&load::<8>(block, factors)));
    samples(&transpose(&down_eight(&columns)))
}

/// Every column at once.
#[inline]
fn down_four(rows: &Square<4>) -> Square<4> {
    const A: f32 = 1.306_563;
    const B: f32 = 0.541_196_1;
    let mut out = [[0.0; 4]; 4];
    for i in 0..4 {
        let (even, odd) = (rows[0][i] + rows[2][i], rows[0][i] - rows[2][i]);
        let (first, second) = (A * rows[1][i] + B * rows[3][i], B * rows[1][i] - A * rows[3][i]);
        out[0][i] = even + first;
        out[1][i] = odd + second;
        out[2][i] = odd - second;
        out[3][i] = even - first;
    }
    out
}

/// Every column at once: the flow graph of Arai, Agui and Nakajima with five multiplications.
#[inline]
fn down_eight(rows: &Square<8>) -> Square<8> {
    const ROOT: f32 = std::f32::consts::SQRT_2;
    let mut out = [[0.0; 8]; 8];
    for i in 0..8 {
        let (sum, difference) = (rows[0][i] + rows[4][i], rows[0][i] - rows[4][i]);
        let outer = rows[2][i] + rows[6][i];
        let inner = (rows[2][i] - rows[6][i]) * ROOT - outer;
        let even = [sum + outer, difference + inner, difference - inner, sum - outer];

        let (z13, z10) = (rows[5][i] + rows[3][i], rows[5][i] - rows[3][i]);
        let (z11, z12) = (rows[1][i] + rows[7][i], rows[1][i] - rows[7][i]);
        let seven = z11 + z13;
        let eleven = (z11 - z13) * ROOT;
        let five = (z10 + z12) * 1.847_759;
        let ten = five - z12 * 1.082_392_2;
        let twelve = five - z10 * 2.613_126;
        let six = twelve - seven;
        let fifth = eleven - six;
        let fourth = ten - fifth;

        out[0][i] = even[0] + seven;
        out[7][i] = even[0] - seven;
        out[1][i] = even[1] + six;
        out[6][i] = even[1] - six;
        out[2][i] = even[2] + fifth;
        out[5][i] = even[2] - fifth;
        out[3][i] = even[3] + fourth;
        out[4][i] = even[3] - fourth;
    }
    out
}
