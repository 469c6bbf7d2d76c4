// Tabulated functions: value and slope always come from the same interpolating polynomial.
#pragma once
#include "scalar.hpp"

namespace alloycell {

// out[k] = base[index + k], k = 0..3, in every lane: registers load whole pieces and turn them.
inline void piece_at(const double* base, std::int64_t index, double* out) {
  for (int k = 0; k < 4; ++k) out[k] = base[index + k];
}
template <int N> inline typename vectors<N>::reals piece_load(const double* from) {
  typename vectors<N>::reals out;
  std::memcpy(&out, from, sizeof out);
  return out;
}
template <class B> inline void piece_at(const double* base, const B& index, pack<sizeof(B) / 8>* out) {
  if constexpr (sizeof(B) == 64) {
    typename vectors<8>::reals p[4];
    for (int i = 0; i < 4; ++i)
      p[i] = __builtin_shufflevector(piece_load<4>(base + index[i]), piece_load<4>(base + index[i + 4]), 0, 1, 2, 3, 4, 5, 6, 7);
    const auto even = [](auto a, auto b) { return __builtin_shufflevector(a, b, 0, 8, 2, 10, 4, 12, 6, 14); };
    const auto odd = [](auto a, auto b) { return __builtin_shufflevector(a, b, 1, 9, 3, 11, 5, 13, 7, 15); };
    const auto low = [](auto a, auto b) { return __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13); };
    const auto high = [](auto a, auto b) { return __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15); };
    const auto e0 = even(p[0], p[1]), e1 = even(p[2], p[3]), o0 = odd(p[0], p[1]), o1 = odd(p[2], p[3]);
    out[0].v = low(e0, e1), out[1].v = low(o0, o1), out[2].v = high(e0, e1), out[3].v = high(o0, o1);
  } else if constexpr (sizeof(B) == 32) {
    typename vectors<4>::reals p[4];
    for (int i = 0; i < 4; ++i) p[i] = piece_load<4>(base + index[i]);
    const auto even = [](auto a, auto b) { return __builtin_shufflevector(a, b, 0, 4, 2, 6); };
    const auto odd = [](auto a, auto b) { return __builtin_shufflevector(a, b, 1, 5, 3, 7); };
    const auto low = [](auto a, auto b) { return __builtin_shufflevector(a, b, 0, 1, 4, 5); };
    const auto high = [](auto a, auto b) { return __builtin_shufflevector(a, b, 2, 3, 6, 7); };
    const auto e0 = even(p[0], p[1]), e1 = even(p[2], p[3]), o0 = odd(p[0], p[1]), o1 = odd(p[2], p[3]);
    out[0].v = low(e0, e1), out[1].v = low(o0, o1), out[2].v = high(e0, e1), out[3].v = high(o0, o1);
  } else {
    for (int k = 0; k < 4; k += 2) {
      const auto a = piece_load<2>(base + index[0] + k), b = piece_load<2>(base + index[1] + k);
      out[k].v = __builtin_shufflevector(a, b, 0, 2);
      out[k + 1].v = __builtin_shufflevector(a, b, 1, 3);
    }
  }
}

// A function of x in 0..1 on a grid that halves its spacing towards both ends: every octave
// [2^-k, 2^-k+1) of min(x, 1-x) holds 64 intervals, so the interval is read off the bits of x.
// Below 2^-15 (and above 1 - 2^-15) it continues as a straight line.
struct Octaves {
  static constexpr int fine = 6, count = 14;
  static constexpr int half = count << fine, nodes = 2 * half + 1, intervals = 2 * half;
  static constexpr double least = 1.0 / (1 << (count + 1));
};

// The grid's points, rising; `x` has Octaves::nodes places.
inline void octave_grid(double* x) {
  const int per = 1 << Octaves::fine;
  for (int i = 0; i <= Octaves::half; ++i) {
    const double start = Octaves::least * std::ldexp(1.0, i / per);
    const double y = start * (1.0 + static_cast<double>(i % per) / per);
    x[i] = y;
    x[Octaves::nodes - 1 - i] = 1.0 - y;
  }
}

// Cubic pieces from values and slopes at the grid's points; `pieces` has 4 * intervals places.
inline void octave_pieces(const double* value, const double* slope, double* pieces) {
  const int per = 1 << Octaves::fine, last = Octaves::nodes - 1;
  double width = Octaves::least / per;
  for (int k = 0; k < Octaves::half; ++k) {
    if (k && k % per == 0) width *= 2;
    for (const bool mirrored : {false, true}) {
      const int from = mirrored ? last - k : k, to = mirrored ? last - k - 1 : k + 1;
      const double sign = mirrored ? -width : width;
      const double a = value[from], b = value[to], da = slope[from] * sign, db = slope[to] * sign;
      double* p = pieces + 4 * (mirrored ? k + Octaves::half : k);
      p[0] = a;
      p[1] = da;
      p[2] = 3 * (b - a) - 2 * da - db;
      p[3] = 2 * (a - b) + da + db;
    }
  }
}

// Where x lies: shared by all curves looked up at the same x.
template <class V> struct OctavePlace {
  typename bits_of<V>::type at;
  V t, per_width, beyond;
};

template <class V> inline OctavePlace<V> octave_place(V x) {
  const V least(Octaves::least), most(0.49999999999999994);
  auto upper = x > V(0.5);
  V y = select(upper, 1.0 - x, x);
  V inside = smaller(larger(y, least), most);
  auto b = to_bits(inside);
  OctavePlace<V> place;
  auto index = (b >> (52 - Octaves::fine)) - (to_bits(Octaves::least) >> (52 - Octaves::fine));
  place.t = from_bits((raised(b, Octaves::fine) & 0x000FFFFFFFFFFFFF) | 0x3FF0000000000000) - 1.0;
  V per = from_bits((((2046 + Octaves::fine) - (b >> 52)) << 52));
  place.per_width = select(upper, -per, per);
  place.beyond = (y - inside) * per;
  auto mirrored = to_bits(select(upper, V(1.0), V(0.0))) >> 61 & 1;
  place.at = (index + mirrored * Octaves::half) * 4;
  return place;
}

// Value and slope of one curve at a place.
template <class V> inline void octave_value(const double* pieces, const OctavePlace<V>& place, V& value, V& slope) {
  V c[4];
  piece_at(pieces, place.at, c);
  V rise = c[1] + place.t * (2.0 * c[2] + 3.0 * place.t * c[3]);
  value = c[0] + place.t * (c[1] + place.t * (c[2] + place.t * c[3])) + place.beyond * rise;
  slope = rise * place.per_width;
}

// Four properties of the electrolyte against concentration on one uniform grid (cubic pieces, constant beyond).
struct SaltTable {
  static constexpr int properties = 4;  // diffusivity, conductivity, thermodynamic factor, transference number
  const double* pieces;                 // [interval][property][4]
  int intervals;
  double top;                           // concentration at the last point
};

template <class V> struct SaltPlace { typename bits_of<V>::type at; V t; };

template <class V> inline SaltPlace<V> salt_place(const SaltTable& table, V c) {
  V scaled = smaller(larger(c, V(0.0)), V(table.top * (1.0 - 1e-15))) * (table.intervals / table.top);
  V shifted = (scaled - 0.5) + 6755399441055744.0;
  auto index = to_bits(shifted) - 0x4338000000000000;
  return {index * (4 * SaltTable::properties), scaled - (shifted - 6755399441055744.0)};
}

template <class V> struct SaltValue { V value[4], slope[4]; };

// The first `count` properties at c.
template <int count, class V> inline void salt_value(const SaltTable& table, V c, SaltValue<V>& out) {
  const SaltPlace<V> place = salt_place(table, c);
  const V t = place.t, per(table.intervals / table.top);
  auto out_of_range = either(c < V(0.0), c > V(table.top));
  V p[4 * count];
  for (int k = 0; k < count; ++k) piece_at(table.pieces + 4 * k, place.at, p + 4 * k);
  for (int k = 0; k < count; ++k) {
    const V c1 = p[4 * k + 1], c2 = p[4 * k + 2], c3 = p[4 * k + 3];
    out.value[k] = p[4 * k] + t * (c1 + t * (c2 + t * c3));
    out.slope[k] = select(out_of_range, V(0.0), (c1 + t * (2.0 * c2 + 3.0 * t * c3)) * per);
  }
}

}  // namespace alloycell
