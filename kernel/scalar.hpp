// Scalars the kernel is written for: double, pack<N> (N designs side by side in a register).
// Every operation is lane by lane, so a design's figures cannot depend on its neighbours.
#pragma once
#include <cmath>
#include <cstdint>
#include <cstring>
#if defined(__AVX__)
#include <immintrin.h>
#endif

namespace alloycell {

// Lanes of one register of the instruction set this is compiled for.
#if defined(__AVX512F__)
inline constexpr int native_lanes = 8;
#elif defined(__AVX2__)
inline constexpr int native_lanes = 4;
#else
inline constexpr int native_lanes = 2;
#endif

template <int N> struct vectors;
template <> struct vectors<8> {
  typedef double reals __attribute__((vector_size(64)));
  typedef std::int64_t integers __attribute__((vector_size(64)));
};
template <> struct vectors<4> {
  typedef double reals __attribute__((vector_size(32)));
  typedef std::int64_t integers __attribute__((vector_size(32)));
};
template <> struct vectors<2> {
  typedef double reals __attribute__((vector_size(16)));
  typedef std::int64_t integers __attribute__((vector_size(16)));
};

template <int N> struct pack {
  using reals = typename vectors<N>::reals;
  using integers = typename vectors<N>::integers;
  reals v;
  pack() = default;
  pack(double x) : v(reals{} + x) {}
  pack(reals x) : v(x) {}
};

// ---- how many designs a scalar carries, and access to one of them
template <class S> struct scalar_traits { static constexpr int lanes = 1; using mask = bool; };
template <int N> struct scalar_traits<pack<N>> {
  static constexpr int lanes = N;
  using mask = typename pack<N>::integers;
};
template <class S> inline constexpr int lanes = scalar_traits<S>::lanes;
template <class S> using mask_of = typename scalar_traits<S>::mask;

inline double get(double x, int) { return x; }
inline void put(double& x, int, double value) { x = value; }
template <int N> inline double get(const pack<N>& x, int lane) { return x.v[lane]; }
template <int N> inline void put(pack<N>& x, int lane, double value) { x.v[lane] = value; }
inline void put_mask(bool& m, int, bool value) { m = value; }
template <class M> inline void put_mask(M& m, int lane, bool value) { m[lane] = value ? -1 : 0; }
inline bool get_mask(bool m, int) { return m; }
template <class M> inline bool get_mask(const M& m, int lane) { return m[lane] != 0; }

// ---- arithmetic of packs
template <int N> inline pack<N> operator+(pack<N> a, pack<N> b) { return a.v + b.v; }
template <int N> inline pack<N> operator-(pack<N> a, pack<N> b) { return a.v - b.v; }
template <int N> inline pack<N> operator*(pack<N> a, pack<N> b) { return a.v * b.v; }
template <int N> inline pack<N> operator/(pack<N> a, pack<N> b) { return a.v / b.v; }
template <int N> inline pack<N> operator+(pack<N> a, double b) { return a.v + b; }
template <int N> inline pack<N> operator-(pack<N> a, double b) { return a.v - b; }
template <int N> inline pack<N> operator*(pack<N> a, double b) { return a.v * b; }
template <int N> inline pack<N> operator/(pack<N> a, double b) { return a.v / b; }
template <int N> inline pack<N> operator+(double a, pack<N> b) { return a + b.v; }
template <int N> inline pack<N> operator-(double a, pack<N> b) { return a - b.v; }
template <int N> inline pack<N> operator*(double a, pack<N> b) { return a * b.v; }
template <int N> inline pack<N> operator/(double a, pack<N> b) { return a / b.v; }
template <int N> inline pack<N> operator-(pack<N> a) { return -a.v; }
template <int N> inline pack<N>& operator+=(pack<N>& a, pack<N> b) { a.v += b.v; return a; }
template <int N> inline pack<N>& operator-=(pack<N>& a, pack<N> b) { a.v -= b.v; return a; }
template <int N> inline pack<N>& operator*=(pack<N>& a, pack<N> b) { a.v *= b.v; return a; }
template <int N> inline mask_of<pack<N>> operator<(pack<N> a, pack<N> b) { return a.v < b.v; }
template <int N> inline mask_of<pack<N>> operator>(pack<N> a, pack<N> b) { return a.v > b.v; }
template <int N> inline mask_of<pack<N>> operator<(pack<N> a, double b) { return a.v < b; }
template <int N> inline mask_of<pack<N>> operator>(pack<N> a, double b) { return a.v > b; }

inline bool both(bool a, bool b) { return a && b; }
inline bool either(bool a, bool b) { return a || b; }
template <class M> inline M both(M a, M b) { return a & b; }
template <class M> inline M either(M a, M b) { return a | b; }
inline bool any(bool m) { return m; }
template <class M> inline bool any(const M& m) {
#if defined(__AVX512F__)
  if constexpr (sizeof(M) == 64) return _mm512_test_epi64_mask((__m512i)m, (__m512i)m) != 0;
#endif
#if defined(__AVX__)
  if constexpr (sizeof(M) == 32) return !_mm256_testz_si256((__m256i)m, (__m256i)m);
#endif
  std::int64_t found = 0;
  for (unsigned i = 0; i < sizeof(M) / 8; ++i) found |= m[i];
  return found != 0;
}

inline double select(bool m, double a, double b) { return m ? a : b; }
template <int N> inline pack<N> select(mask_of<pack<N>> m, pack<N> a, pack<N> b) { return m ? a.v : b.v; }
inline double larger(double a, double b) { return a > b ? a : b; }
inline double smaller(double a, double b) { return a < b ? a : b; }
template <int N> inline pack<N> larger(pack<N> a, pack<N> b) { return a.v > b.v ? a.v : b.v; }
template <int N> inline pack<N> smaller(pack<N> a, pack<N> b) { return a.v < b.v ? a.v : b.v; }
inline double magnitude(double a) { return std::fabs(a); }
template <int N> inline pack<N> magnitude(pack<N> a) { return a.v < 0.0 ? -a.v : a.v; }
inline double root(double a) { return std::sqrt(a); }
template <int N> inline pack<N> root(pack<N> a) {
  pack<N> out;
  for (int i = 0; i < N; ++i) out.v[i] = __builtin_sqrt(a.v[i]);
  return out;
}

// ---- reinterpretation of bits, for logarithm, exponential and table look-up
template <class S> struct bits_of { using type = std::int64_t; };
template <int N> struct bits_of<pack<N>> { using type = typename pack<N>::integers; };
inline std::int64_t to_bits(double x) { std::int64_t b; std::memcpy(&b, &x, 8); return b; }
inline double from_bits(std::int64_t b) { double x; std::memcpy(&x, &b, 8); return x; }
template <int N> inline typename pack<N>::integers to_bits(pack<N> x) { return (typename pack<N>::integers)x.v; }
template <class B> inline pack<sizeof(B) / 8> from_bits(B b) { return pack<sizeof(B) / 8>((typename pack<sizeof(B) / 8>::reals)b); }

// Bits moved up by n places, also those of negative numbers.
inline std::int64_t raised(std::int64_t b, int n) { return static_cast<std::int64_t>(static_cast<std::uint64_t>(b) << n); }
template <class B> inline B raised(B b, int n) { return b << n; }

// The integer n (|n| < 2^51) as a floating-point number, without a conversion instruction.
template <class S, class B> inline S small_integer(B n) { return from_bits(n + 0x4338000000000000) - 6755399441055744.0; }

// Natural logarithm of x > 0 (normal numbers), within 1e-16 + 1 ulp. Own fit of log((1+s)/(1-s)).
template <class S> inline S logarithm(S x) {
  auto b = to_bits(x);
  auto e = (b - 0x3FE6A09E667F3BCD) >> 52;
  S m = from_bits(b - raised(e, 52));
  S s = (m - 1.0) / (m + 1.0), u = s * s;
  S p = 0.1308662614784010214 * u + 0.1326877313865688518;
  p = p * u + 0.1538623970281465819;
  p = p * u + 0.1818179564013290628;
  p = p * u + 0.2222222239171391744;
  p = p * u + 0.2857142857080361181;
  p = p * u + 0.4000000000000087698;
  p = p * u + 0.6666666666666666646;
  return small_integer<S>(e) * 0.6931471805599453094 + (2.0 * s + s * u * p);
}

// Exponential for |x| < 700, within 2 ulp. Own fit of (exp(r) - 1 - r - r^2/2) / r^3 on |r| <= log(2)/2.
template <class S> inline S exponential(S x) {
  x = smaller(larger(x, S(-700.0)), S(700.0));
  S shifted = x * 1.4426950408889634074 + 6755399441055744.0;
  auto n = to_bits(shifted) - 0x4338000000000000;
  S whole = shifted - 6755399441055744.0;
  S r = (x - whole * 0.693147180369123816490) - whole * 1.90821492927058770002e-10;
  S p = 2.091122972975856329e-9 * r + 2.510037583256123366e-8;
  p = p * r + 2.75572829840558766e-7;
  p = p * r + 2.755726848031002553e-6;
  p = p * r + 2.480158731713516424e-5;
  p = p * r + 1.984126986304054527e-4;
  p = p * r + 1.388888888888655439e-3;
  p = p * r + 8.333333333330064449e-3;
  p = p * r + 4.166666666666666723e-2;
  p = p * r + 0.1666666666666666745;
  S value = 1.0 + (r + r * r * (0.5 + r * p));
  return value * from_bits(raised(n + 1023, 52));
}

// ---- wide loops: a loop over nodes runs in steps of a register, whatever the scalar is.
// One design: a register of nodes at once (arrays are padded); a pack: one node of all designs at once.
template <class S> struct wide { using type = S; static constexpr int step = 1; };
template <> struct wide<double> { using type = pack<native_lanes>; static constexpr int step = native_lanes; };
template <class S> using wide_of = typename wide<S>::type;
template <class S> inline wide_of<S> load(const S* p) { wide_of<S> out; std::memcpy(&out, p, sizeof out); return out; }
template <class S> inline void store(S* p, const wide_of<S>& x) { std::memcpy(p, &x, sizeof x); }
template <class S> inline constexpr int padded(int n) { return (n + wide<S>::step - 1) / wide<S>::step * wide<S>::step; }
// Which lanes of the register of nodes starting at i are nodes below n.
inline constexpr std::int64_t lane_numbers[] = {0, 1, 2, 3, 4, 5, 6, 7};
template <class S> inline mask_of<wide_of<S>> valid(int i, int n) {
  mask_of<wide_of<S>> m{};
  if constexpr (wide<S>::step == 1) {
    return ~m;
  } else {
    std::memcpy(&m, lane_numbers, sizeof m);
    return m < n - i;
  }
}
// Over the lanes of a register of nodes: back to one scalar.
template <int N> inline double largest_lane(const pack<N>& x) {
  if constexpr (N == 2) {
    return larger(get(x, 0), get(x, 1));
  } else {
    pack<N / 2> half[2];
    std::memcpy(half, &x, sizeof x);
    return largest_lane(larger(half[0], half[1]));
  }
}
template <class S> inline S largest(const wide_of<S>& x) {
  if constexpr (wide<S>::step == 1) {
    return x;
  } else {
    return largest_lane(x);
  }
}
// Adds up over nodes, in the same order of additions whether a register holds nodes or designs.
template <class S> struct Total {
  static constexpr int parts = native_lanes / wide<S>::step;
  wide_of<S> part[parts];
  Total() {
    for (auto& x : part) x = wide_of<S>(0.0);
  }
  void add(int i, const wide_of<S>& x) { part[i / wide<S>::step % parts] += x; }
  S value() const {
    S out(0.0);
    if constexpr (wide<S>::step == 1) {
      for (const S& x : part) out += x;
    } else {
      for (int lane = 0; lane < wide<S>::step; ++lane) out += get(part[0], lane);
    }
    return out;
  }
};
template <class S> inline mask_of<S> anywhere(const mask_of<wide_of<S>>& m) {
  if constexpr (wide<S>::step == 1) return m; else return any(m);
}
template <class S> inline wide_of<S> spread(const S& x) { return wide_of<S>(x); }

}  // namespace alloycell
