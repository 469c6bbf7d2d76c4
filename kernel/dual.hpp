// A scalar that carries derivatives (docs/theory/derivatives.md): a value and, side by side in a register, its derivatives
// along native_lanes directions.
// Values go through the same operations in the same order as without derivatives, so they are the same to the bit;
// choices (select, larger, magnitude, comparisons, places in tables) are made by the value.
#pragma once
#include <utility>
#include "curve.hpp"

namespace alloycell {

using directions = pack<native_lanes>;

struct dual {
  double v;
  directions d;
  dual() = default;
  dual(double value) : v(value), d(0.0) {}
  dual(double value, directions slopes) : v(value), d(slopes) {}
};

// Numbers of one design: plain, or with derivatives where the scalar has them.
template <class S> struct number { using type = double; };
template <> struct number<dual> { using type = dual; };
template <class S> using number_of = typename number<S>::type;
template <class S> inline constexpr bool differentiates = false;
template <> inline constexpr bool differentiates<dual> = true;

inline double get(const dual& x, int) { return x.v; }
inline void put(dual& x, int, double value) { x = dual(value); }
inline void put(dual& x, int, const dual& value) { x = value; }
// Without derivatives.
template <class V> inline const V& plain(const V& x) { return x; }
inline double plain(const dual& x) { return x.v; }
template <class V> using plain_of = std::decay_t<decltype(plain(std::declval<const V&>()))>;
template <class S> inline double pick(const S& x, int lane) { return get(x, lane); }
inline dual pick(const dual& x, int) { return x; }
// A number as asked for: as it is, or without derivatives.
template <class X, class Y> inline X as(const Y& x) {
  if constexpr (differentiates<Y> && !differentiates<X>) return x.v; else return x;
}

// A flat input and its derivatives, which stand in an array of their own: [index][native_lanes], or nullptr.
template <class X> inline X input(const double* values, const double* slopes, std::ptrdiff_t index) {
  X x(values[index]);
  if constexpr (differentiates<X>)
    if (slopes) std::memcpy(&x.d, slopes + index * native_lanes, sizeof x.d);
  return x;
}
inline void output(double x, double* values, double*, std::ptrdiff_t index) { values[index] = x; }
inline void output(const dual& x, double* values, double* slopes, std::ptrdiff_t index) {
  values[index] = x.v;
  std::memcpy(slopes + index * native_lanes, &x.d, sizeof x.d);
}

// ---- arithmetic
inline dual operator+(const dual& a, const dual& b) { return {a.v + b.v, a.d + b.d}; }
inline dual operator-(const dual& a, const dual& b) { return {a.v - b.v, a.d - b.d}; }
inline dual operator*(const dual& a, const dual& b) { return {a.v * b.v, a.d * b.v + b.d * a.v}; }
inline dual operator/(const dual& a, const dual& b) {
  const double value = a.v / b.v;
  return {value, (a.d - b.d * value) * (1.0 / b.v)};
}
inline dual operator+(const dual& a, double b) { return {a.v + b, a.d}; }
inline dual operator-(const dual& a, double b) { return {a.v - b, a.d}; }
inline dual operator*(const dual& a, double b) { return {a.v * b, a.d * b}; }
inline dual operator/(const dual& a, double b) { return {a.v / b, a.d * (1.0 / b)}; }
inline dual operator+(double a, const dual& b) { return {a + b.v, b.d}; }
inline dual operator-(double a, const dual& b) { return {a - b.v, -b.d}; }
inline dual operator*(double a, const dual& b) { return {a * b.v, b.d * a}; }
inline dual operator/(double a, const dual& b) {
  const double value = a / b.v;
  return {value, b.d * (-value / b.v)};
}
inline dual operator-(const dual& a) { return {-a.v, -a.d}; }
inline dual& operator+=(dual& a, const dual& b) { return a = a + b; }
inline dual& operator-=(dual& a, const dual& b) { return a = a - b; }
inline dual& operator*=(dual& a, const dual& b) { return a = a * b; }

// ---- choices, by the value
inline bool operator<(const dual& a, const dual& b) { return a.v < b.v; }
inline bool operator>(const dual& a, const dual& b) { return a.v > b.v; }
inline bool operator<(const dual& a, double b) { return a.v < b; }
inline bool operator>(const dual& a, double b) { return a.v > b; }
inline dual select(bool m, const dual& a, const dual& b) { return m ? a : b; }
inline dual larger(const dual& a, const dual& b) { return a.v > b.v ? a : b; }
inline dual smaller(const dual& a, const dual& b) { return a.v < b.v ? a : b; }
inline dual magnitude(const dual& a) { return {magnitude(a.v), a.v < 0.0 ? -a.d : a.d}; }

template <> inline bool valid<dual>(int, int) { return true; }  // one node at a time
inline bool all(const mask_of<directions>& m) { return !any(mask_of<directions>(~m)); }

// ---- functions
inline dual root(const dual& a) {
  const double value = root(a.v);
  return {value, a.d * (0.5 / value)};
}
inline dual logarithm(const dual& a) { return {logarithm(a.v), a.d * (1.0 / a.v)}; }
inline dual exponential(const dual& a) {
  const double value = exponential(a.v);
  return {value, a.d * (magnitude(a.v) < 700.0 ? value : 0.0)};
}

// ---- curves: the slope is itself a cubic piece's derivative, so its own derivative is that piece's curvature
template <> struct OctavePlace<dual> {
  OctavePlace<double> plain;
  directions d;
};
inline OctavePlace<dual> octave_place(const dual& x) { return {octave_place(x.v), x.d}; }

inline void octave_value(const double* pieces, const OctavePlace<dual>& place, dual& value, dual& slope) {
  const OctavePlace<double>& p = place.plain;
  const double* piece = pieces + p.at;
  octave_value(pieces, p, value.v, slope.v);
  const double bend = p.beyond != 0.0 ? 0.0 : (2.0 * piece[2] + 6.0 * p.t * piece[3]) * p.per_width * p.per_width;
  value.d = place.d * slope.v;
  slope.d = place.d * bend;
}

template <int count> inline void salt_value(const SaltTable& table, const dual& c, SaltValue<dual>& out) {
  SaltValue<double> plain;
  salt_value<count>(table, c.v, plain);
  const SaltPlace<double> place = salt_place(table, c.v);
  const double per = table.intervals / table.top;
  const bool outside = c.v < 0.0 || c.v > table.top;
  for (int k = 0; k < count; ++k) {
    const double* p = table.pieces + 4 * k + place.at;
    const double bend = outside ? 0.0 : (2.0 * p[2] + 6.0 * place.t * p[3]) * per * per;
    out.value[k] = {plain.value[k], c.d * plain.slope[k]};
    out.slope[k] = {plain.slope[k], c.d * bend};
  }
}

}  // namespace alloycell
