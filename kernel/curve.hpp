// Tabulated functions: value and slope always come from the same interpolating polynomial.
#pragma once
#include "scalar.hpp"

namespace alloycell {

inline double gather(const double* base, std::int64_t index) { return base[index]; }
template <class B> inline pack<sizeof(B) / 8> gather(const double* base, const B& index) {
  pack<sizeof(B) / 8> out;
  for (unsigned i = 0; i < sizeof(B) / 8; ++i) out.v[i] = base[index[i]];
  return out;
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
  for (int i = 0; i < Octaves::intervals; ++i) {
    const bool mirrored = i >= Octaves::half;
    const int k = mirrored ? i - Octaves::half : i;
    const double width = Octaves::least * std::ldexp(1.0, k / per) / per;
    const int from = mirrored ? last - k : k, to = mirrored ? last - k - 1 : k + 1;
    const double sign = mirrored ? -width : width;
    const double a = value[from], b = value[to], da = slope[from] * sign, db = slope[to] * sign;
    double* p = pieces + 4 * i;
    p[0] = a;
    p[1] = da;
    p[2] = 3 * (b - a) - 2 * da - db;
    p[3] = 2 * (a - b) + da + db;
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
  place.t = from_bits(((b << Octaves::fine) & 0x000FFFFFFFFFFFFF) | 0x3FF0000000000000) - 1.0;
  V per = from_bits((((2046 + Octaves::fine) - (b >> 52)) << 52));
  place.per_width = select(upper, -per, per);
  place.beyond = (y - inside) * per;
  auto mirrored = to_bits(select(upper, V(1.0), V(0.0))) >> 61 & 1;
  place.at = (index + mirrored * Octaves::half) * 4;
  return place;
}

// Value and slope of one curve at a place.
template <class V> inline void octave_value(const double* pieces, const OctavePlace<V>& place, V& value, V& slope) {
  V c0 = gather(pieces, place.at), c1 = gather(pieces + 1, place.at);
  V c2 = gather(pieces + 2, place.at), c3 = gather(pieces + 3, place.at);
  V rise = c1 + place.t * (2.0 * c2 + 3.0 * place.t * c3);
  value = c0 + place.t * (c1 + place.t * (c2 + place.t * c3)) + place.beyond * rise;
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
  for (int k = 0; k < count; ++k) {
    const double* p = table.pieces + 4 * k;
    V c1 = gather(p + 1, place.at), c2 = gather(p + 2, place.at), c3 = gather(p + 3, place.at);
    out.value[k] = gather(p, place.at) + t * (c1 + t * (c2 + t * c3));
    out.slope[k] = select(out_of_range, V(0.0), (c1 + t * (2.0 * c2 + 3.0 * t * c3)) * per);
  }
}

template <class V> inline V salt_conductivity(const SaltTable& table, V c) {
  const SaltPlace<V> place = salt_place(table, c);
  const double* p = table.pieces + 4;
  V c1 = gather(p + 1, place.at), c2 = gather(p + 2, place.at), c3 = gather(p + 3, place.at);
  return gather(p, place.at) + place.t * (c1 + place.t * (c2 + place.t * c3));
}

}  // namespace alloycell
