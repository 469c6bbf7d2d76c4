// Variable-step, variable-order backward differentiation (1-5) on stored past values: docs/theory/stepping.md (1), (2).
// Each lane has its own step and order; they are coefficients, so packs run in step without sharing anything.
#pragma once
#include <algorithm>
#include "implicit.hpp"

namespace alloycell {

inline constexpr int past_values = 7, highest_order = 5;
inline constexpr int slots = 12;  // places for stored values; more than past values, see History

// Times of the stored values of one lane, newest first, where they are, and what the next step is to be.
struct Clock {
  double t[past_values];
  int slot[past_values];
  int count = 0, order = 1, at_order = 0;
  double h = 0.0;

  void restart(double time) { t[0] = time; slot[0] = 0; count = 1; order = 1; at_order = 0; }
  // A new value has been stored in slot 0, all others moved up by one slot.
  void push(double time) {
    count = std::min(count + 1, past_values);
    for (int i = count - 1; i > 0; --i) t[i] = t[i - 1], slot[i] = slot[i - 1] + 1;
    t[0] = time;
    slot[0] = 0;
    ++at_order;
  }
  // The newest value is taken back; the one before it has been copied to slot 0.
  void drop() {
    for (int i = 0; i + 1 < count; ++i) t[i] = t[i + 1], slot[i] = slot[i + 1];
    slot[0] = 0;
    --count;
    --at_order;
  }
  // Values of other lanes have been stored: the newest one was copied to slot 0, all others moved up by one slot.
  void wait() {
    for (int i = 1; i < count; ++i) ++slot[i];
  }
};

// Product of the distances of t[i] to the other of the first `points` times.
inline double spread_at(const double* t, int points, int i) {
  double product = 1.0;
  for (int j = 0; j < points; ++j)
    if (j != i) product *= t[i] - t[j];
  return product;
}

// Weights of `points` stored values for the value at `time` of the polynomial through them.
inline void lagrange(const double* t, int points, double time, double* weight) {
  for (int i = 0; i < points; ++i) {
    double above = 1.0;
    for (int j = 0; j < points; ++j)
      if (j != i) above *= time - t[j];
    weight[i] = above / spread_at(t, points, i);
  }
}

// The local error of order `order` is this weight times the distance of the new value from the polynomial through
// order + 1 stored ones: the divided difference over all of them, times the product of the first `order` distances,
// over alpha.
inline double error_weight(const double* t, int order, double time) {
  double alpha = 0.0;
  for (int i = 0; i < order; ++i) alpha += 1.0 / (time - t[i]);
  return 1.0 / (alpha * (time - t[order]));
}

// Coefficients of one attempted step, lane by lane, for every slot.
template <class S> struct Coefficients {
  S predict[slots], rest[slots], alpha, error;  // error: by the distance of the new value from the predicted one
  int used;                                     // slots that some lane reads

  void clear() {
    for (int i = 0; i < slots; ++i) predict[i] = rest[i] = S(0.0);
    error = S(0.0);
    alpha = S(1.0);
    used = 1;
  }

  // The derivative of the polynomial through the new value and `order` stored ones is alpha * new + sum of `rest`;
  // the value predicted is that of the polynomial through order + 1 stored ones.
  void set(int lane, const Clock& clock, double time) {
    double w[past_values], per[past_values], rate = 0.0;
    const int order = clock.order, points = std::min(clock.count, order + 1);
    const double* const t = clock.t;
    lagrange(t, points, time, w);
    for (int i = 0; i < points; ++i) per[i] = 1.0 / (time - t[i]);
    for (int i = 0; i < order; ++i) rate += per[i];
    for (int i = 0; i < points; ++i) put(predict[clock.slot[i]], lane, w[i]);
    for (int i = 0; i < order; ++i) {
      const double basis = points > order ? w[i] * (t[i] - t[order]) * per[order] : w[i];
      put(rest[clock.slot[i]], lane, -basis * per[i]);
    }
    put(alpha, lane, rate);
    put(error, lane, points > order ? per[order] / rate : 0.5);  // first step: half the change
    used = std::max(used, clock.slot[points - 1] + 1);
  }

  // A solve at the present time: an implicit step so short, 1 / `rate`, that no amount changes.
  void set_start(int lane, double rate) {
    put(predict[0], lane, 1.0);
    put(alpha, lane, rate);
    put(rest[0], lane, -rate);
  }
};

// Weights of another order's error, lane by lane: of the new value and of every slot.
template <class S> struct OtherError {
  S newest{0.0}, stored[slots];
  int used = 1;

  OtherError() {
    for (S& x : stored) x = S(0.0);
  }
  void set(int lane, const Clock& clock, int order, double time) {
    double w[past_values];
    const double weight = error_weight(clock.t, order, time);
    lagrange(clock.t, order + 1, time, w);
    put(newest, lane, weight);
    for (int i = 0; i <= order; ++i) put(stored[clock.slot[i]], lane, -weight * w[i]);
    used = std::max(used, clock.slot[order] + 1);
  }
};

// Stored values of the tracked vector, newest first, and the value being sought. Slots turn round for all lanes at once:
// a lane that stores nothing gets a copy of its newest value and counts from there, so nothing else has to be moved.
template <class S> class History {
 public:
  using V = wide_of<S>;
  History(const Shape& shape, Arena<S>& arena) : shape_(shape) {
    for (S*& slot : slot_) slot = arena.take(shape.tracked.total);
    now_ = arena.take(shape.tracked.total);
    rest_ = arena.take(shape.tracked.total);
    predicted_ = arena.take(shape.tracked.total);
  }
  static std::size_t size(const Shape& shape) { return (slots + 3) * (shape.tracked.total + 2 * wide<S>::step); }
  S* now() { return now_; }
  const S* now() const { return now_; }
  S* newest() { return slot_[0]; }
  S* rest() { return rest_; }
  const S* rest() const { return rest_; }

  void predict(const Coefficients<S>& k) {
    const Tracked& t = shape_.tracked;
    combine<true, false>(k, 0, t.c);
    combine<true, true>(k, t.c, t.mode);
    combine<false, true>(k, t.mode, t.total);
    for (int i = t.c; i < t.h; i += wide<S>::step)  // extrapolation must not empty the electrolyte
      store(now_ + i, larger(load(now_ + i), smaller(0.2 * load(slot_[0] + i), load(slot_[0] + i) - 10.0 * least_salt)));
  }

  // Error of the step, in units of the tolerance.
  S error(const Coefficients<S>& k, const Weights<S>& weight) const {
    const auto by = plain(spread(k.error));
    return worst(weight, [&](int i) { return by * (plain(load(now_ + i)) - plain(load(predicted_ + i))); });
  }
  // Error of an order beside it.
  S error(const OtherError<S>& k, const Weights<S>& weight) const {
    const auto newest = plain(spread(k.newest));
    return worst(weight, [&](int i) {
      auto sum = newest * plain(load(now_ + i));
      for (int s = 0; s < k.used; ++s) sum += plain(spread(k.stored[s])) * plain(load(slot_[s] + i));
      return sum;
    });
  }

  // The sought value becomes the newest stored one in the lanes of `taken`, in others the newest one stays.
  void push(const mask_of<S>& taken, bool all) {
    if (!all)
      for (int i = 0; i < shape_.tracked.total; ++i) now_[i] = select(taken, now_[i], slot_[0][i]);
    S* const oldest = slot_[slots - 1];
    for (int i = slots - 1; i > 0; --i) slot_[i] = slot_[i - 1];
    slot_[0] = now_;
    now_ = oldest;
  }
  // After a jump: current, p and j before it are those after it, so that nothing extrapolates across.
  void level(const mask_of<S>& jumped) {
    const Tracked& t = shape_.tracked;
    for (int i = 0; i < t.c; ++i)
      if (i < t.theta || i >= t.j) slot_[1][i] = select(jumped, slot_[0][i], slot_[1][i]);
  }
  // Takes the newest value of a lane back.
  void drop(int lane, Clock& clock) {
    const S* const before = slot_[clock.slot[1]];
    for (int n = 0; n < shape_.tracked.total; ++n) put(slot_[0][n], lane, pick(before[n], lane));
    clock.drop();
  }
  // Brings the values of a lane that has waited for long back to the first slots.
  void gather(int lane, Clock& clock) {
    for (int i = 1; i < clock.count; ++i) {
      for (int n = 0; n < shape_.tracked.total; ++n) put(slot_[i][n], lane, pick(slot_[clock.slot[i]][n], lane));
      clock.slot[i] = i;
    }
  }

  // Value at place `at` and lane of the polynomial with weights w over the newest `points` stored values.
  double value(int at, int lane, const Clock& clock, const double* w, int points) const {
    double sum = 0.0;
    for (int i = 0; i < points; ++i) sum += w[i] * get(slot_[clock.slot[i]][at], lane);
    return sum;
  }

 private:
  const Shape& shape_;
  S* slot_[slots];
  S* now_;
  S* rest_;
  S* predicted_;

  template <bool values, bool rates> void combine(const Coefficients<S>& k, int from, int to) {
    for (int i = from; i < to; i += wide<S>::step) {
      V value(0.0), rate(0.0);
      for (int s = 0; s < k.used; ++s) {
        const V stored = load(slot_[s] + i);
        if constexpr (values) value += spread(k.predict[s]) * stored;
        if constexpr (rates) rate += spread(k.rest[s]) * stored;
      }
      if constexpr (values) store(now_ + i, value), store(predicted_ + i, value);
      if constexpr (rates) store(rest_ + i, rate);
    }
  }

  // The largest of the weighted errors over the places that steer the step: current, p, surface, salt, hysteresis, heat.
  template <class F> S worst(const Weights<S>& weight, F error) const {
    const Tracked& t = shape_.tracked;
    plain_of<V> most(0.0);
    const auto over = [&](int from, int to, const S& by) {
      for (int i = from; i < to; i += wide<S>::step) most = larger(most, magnitude(error(i)) * plain(spread(by)));
    };
    over(0, t.p, weight.current);
    over(t.p, t.theta, weight.potential);
    over(t.theta, t.j, weight.theta);
    over(t.c, t.h, weight.salt);
    over(t.h, t.temperature, S(0.1 * weight.potential));
    over(t.temperature, t.shell, weight.temperature);
    return largest<S>(most);
  }
};

// Whether the order below (-1) or above (1) may be taken after a step that ends now (its value is not stored yet).
inline bool considers(const Clock& clock, int way) {
  if (way < 0) return clock.order > 1 && clock.count > 1;
  return clock.order < highest_order && clock.count > clock.order + 1 && clock.at_order >= clock.order;
}

// Errors of the order below, the present one and the one above, in units of the tolerance.
template <class S> struct Errors { S below, here, above; };

// Step and order after a step of length h that was accepted with errors e; orders that were not looked at have error 0.
inline void plan_next(Clock& clock, double h, double below, double here, double above) {
  const auto factor = [](double e, int order) { return 0.75 * std::pow(std::fmax(e, 1e-10), -1.0 / (order + 1)); };
  double best = factor(here, clock.order);
  int order = clock.order;
  if (below > 0.0) {
    const double f = factor(below, clock.order - 1);
    if (f > best) best = f, order = clock.order - 1;
  }
  if (above > 0.0) {
    const double f = factor(above, clock.order + 1);
    if (f > best) best = f, order = clock.order + 1;
  }
  if (order != clock.order) clock.at_order = 0;
  clock.order = order;
  const double most = clock.count <= 3 ? 8.0 : 2.0;
  clock.h = h * std::fmin(std::fmax(best, 0.3), most);
}

// Step after a step that was refused for its error; at order 1 after two refusals.
inline void plan_again(Clock& clock, double here, int refusals) {
  const double f = 0.8 * std::pow(here, -1.0 / (clock.order + 1));
  clock.h *= std::fmin(std::fmax(f, 0.1), 0.7);
  if (refusals >= 2 && clock.order > 1) clock.order = 1, clock.at_order = 0;
}

// How a step of the protocol, or a row of a profile, begins: there are no past values, and contents change fastest.
//   1. a tiny implicit Euler step finds the rates;
//   2. BDF 2 over the tiny interval and a long one, which is the trapezoidal rule;
//   3. BDF 2 over the two long ones. With 2. that is TR-BDF2 (Bank et al., IEEE Trans. Electron Devices 32, 1992, 1985).
// The error is tested at the end of 3; where it is too large, 2 and 3 are taken again over a shorter span.
struct Opening {
  int stage = 0;           // which of the three comes next; 0 when they are done
  bool jumped = false;     // 1 starts from the state before the jump, not from one consistent after it
  double span = 0.0;       // length of 2 and 3 together
  bool cut = false;        // shortened to meet the end of the step
  double boldness = 1.0;   // learned from one opening to the next

  static constexpr double share = 0.58578643762690495;  // of the span that 2 covers, 2 - sqrt(2)
  // Change of a content, in tolerances, over a span whose error is expected to be within 1: it grows with the third
  // power of the span.
  static double reach(double tolerance) { return 50.0 * std::pow(1e4 * tolerance, -2.0 / 3.0); }

  // After 1, of length h, over which contents have changed by `change` tolerances.
  void plan(double h, double change, double tolerance, double left) {
    span = boldness * h * std::fmin(reach(tolerance) / std::fmax(change, 1e-30), 3e3);
    cut = span > 0.5 * left;
    if (cut) span = span > 0.7 * left ? left : 0.5 * left;
  }
  // The span after one with the error e.
  void adapt(double e, bool refused) {
    const double f = 0.8 * std::pow(std::fmax(e, 1e-10), -1.0 / 3.0);
    const double factor = refused ? std::fmin(std::fmax(f, 0.1), 0.7) : std::fmin(std::fmax(f, 0.5), cut ? 1.0 : 2.0);
    boldness *= factor;
    span *= factor;
  }
};

}  // namespace alloycell
