// Variable-step, variable-order backward differentiation (1-5) on stored past values: docs/theory/stepping.md (1), (2).
// Each lane has its own step and order; they are coefficients, so packs run in step without sharing anything.
#pragma once
#include <algorithm>
#include "implicit.hpp"

namespace alloycell {

inline constexpr int past_values = 7, highest_order = 5;

// Times of the stored values of one lane, newest first, and what the next step is to be.
struct Clock {
  double t[past_values];
  int count = 0, order = 1, at_order = 0;
  double h = 0.0;

  void restart(double time) { t[0] = time; count = 1; order = 1; at_order = 0; }
  void push(double time) {
    for (int i = past_values - 1; i > 0; --i) t[i] = t[i - 1];
    t[0] = time;
    count = std::min(count + 1, past_values);
    ++at_order;
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

// Derivative at `time` of the polynomial through the new value and `order` stored ones: alpha * new + sum.
inline double differentiate(const double* t, int order, double time, double* weight) {
  double alpha = 0.0;
  for (int i = 0; i < order; ++i) {
    const double per = 1.0 / (time - t[i]);
    alpha += per;
    double above = -1.0;
    for (int j = 0; j < order; ++j)
      if (j != i) above *= time - t[j];
    weight[i] = above * per / spread_at(t, order, i);
  }
  return alpha;
}

// Weights of the local error of order `order`: the divided difference over the new value and order + 1 stored ones,
// times the product of the first `order` distances over alpha. Returns the weight of the new value.
inline double error_weights(const double* t, int order, double time, double* weight) {
  double alpha = 0.0, scale = 1.0;
  for (int i = 0; i < order; ++i) {
    alpha += 1.0 / (time - t[i]);
    scale *= time - t[i];
  }
  const double newest = 1.0 / (alpha * (time - t[order]));
  scale /= -alpha;
  for (int i = 0; i <= order; ++i) weight[i] = scale / ((time - t[i]) * spread_at(t, order + 1, i));
  return newest;
}

// Coefficients of one attempted step, lane by lane.
template <class S> struct Coefficients {
  S predict[past_values], rest[past_values], alpha;
  S error[3][past_values], newest[3];   // orders k - 1, k, k + 1
  int predicting = 0, resting = 0, erring = 0;

  void clear() {
    for (int i = 0; i < past_values; ++i) {
      predict[i] = rest[i] = S(0.0);
      for (auto& row : error) row[i] = S(0.0);
    }
    for (S& x : newest) x = S(0.0);
    alpha = S(1.0);
    predicting = resting = 1;
    erring = 1;
  }

  void set(int lane, const Clock& clock, double time) {
    double w[past_values];
    const int points = std::min(clock.count, clock.order + 1);
    lagrange(clock.t, points, time, w);
    for (int i = 0; i < points; ++i) put(predict[i], lane, w[i]);
    put(alpha, lane, differentiate(clock.t, clock.order, time, w));
    for (int i = 0; i < clock.order; ++i) put(rest[i], lane, w[i]);
    predicting = std::max(predicting, points);
    resting = std::max(resting, clock.order);
    for (int m = 0; m < 3; ++m) {
      const int order = clock.order - 1 + m;
      if (order < 1 || order > highest_order || clock.count < order + 1) continue;
      put(newest[m], lane, error_weights(clock.t, order, time, w));
      for (int i = 0; i <= order; ++i) put(error[m][i], lane, w[i]);
      erring = std::max(erring, order + 1);
    }
    if (clock.count == 1) {  // first step: half the change
      put(newest[1], lane, 0.5);
      put(error[1][0], lane, -0.5);
    }
  }

  // A solve at the present time: an implicit step so short that no amount changes.
  void set_start(int lane) {
    put(predict[0], lane, 1.0);
    put(alpha, lane, 1e30);
    put(rest[0], lane, -1e30);
  }
};

template <class S> struct Errors { S below, here, above; };

// Stored values of the tracked vector, newest first, and the value being sought.
template <class S> class History {
 public:
  using V = wide_of<S>;
  History(const Shape& shape, Arena<S>& arena) : shape_(shape) {
    for (S*& slot : slot_) slot = arena.take(shape.tracked.total);
    now_ = arena.take(shape.tracked.total);
    rest_ = arena.take(shape.tracked.total);
  }
  static std::size_t size(const Shape& shape) { return (past_values + 2) * (shape.tracked.total + 2 * wide<S>::step); }
  S* now() { return now_; }
  const S* now() const { return now_; }
  S* newest() { return slot_[0]; }
  const S* rest() const { return rest_; }
  const S* slot(int i) const { return slot_[i]; }

  void predict(const Coefficients<S>& k) {
    const Tracked& t = shape_.tracked;
    combine(k.predict, k.predicting, now_, 0, t.mode);
    combine(k.rest, k.resting, rest_, t.c, t.total);
    for (int i = t.c; i < t.h; i += wide<S>::step)  // extrapolation must not empty the electrolyte
      store(now_ + i, larger(load(now_ + i), smaller(0.2 * load(slot_[0] + i), load(slot_[0] + i) - 10.0 * least_salt)));
  }

  Errors<S> errors(const Coefficients<S>& k, const Weights<S>& weight) const {
    const Tracked& t = shape_.tracked;
    Errors<S> e{S(0.0), S(0.0), S(0.0)};
    add_errors(k, 0, t.p, weight.current, e);
    add_errors(k, t.p, t.theta, weight.potential, e);
    add_errors(k, t.theta, t.j, weight.theta, e);
    add_errors(k, t.c, t.h, weight.salt, e);
    add_errors(k, t.h, t.shell, S(0.1 * weight.potential), e);
    return e;
  }

  // The sought value becomes the newest stored one in the lanes of `taken`; others keep theirs.
  void push(const mask_of<S>& taken, bool all) {
    S* const oldest = slot_[past_values - 1];
    if (!all) {
      for (int i = past_values - 1; i > 0; --i) blend(taken, slot_[i - 1], slot_[i]);
      blend(taken, now_, slot_[0]);
      return;
    }
    for (int i = past_values - 1; i > 0; --i) slot_[i] = slot_[i - 1];
    slot_[0] = now_;
    now_ = oldest;
  }
  // The sought value replaces the newest stored one in the lanes of `taken`.
  void replace(const mask_of<S>& taken) { blend(taken, now_, slot_[0]); }

  // Value at place `at` and lane of the polynomial with weights w over the newest `points` stored values.
  double value(int at, int lane, const double* w, int points) const {
    double sum = 0.0;
    for (int i = 0; i < points; ++i) sum += w[i] * get(slot_[i][at], lane);
    return sum;
  }

 private:
  const Shape& shape_;
  S* slot_[past_values];
  S* now_;
  S* rest_;

  void combine(const S* weight, int count, S* out, int from, int to) const {
    for (int i = from; i < to; i += wide<S>::step) {
      V sum = spread(weight[0]) * load(slot_[0] + i);
      for (int s = 1; s < count; ++s) sum += spread(weight[s]) * load(slot_[s] + i);
      store(out + i, sum);
    }
  }
  void blend(const mask_of<S>& taken, const S* from, S* to) const {
    for (int i = 0; i < shape_.tracked.total; ++i) to[i] = select(taken, from[i], to[i]);
  }
  void add_errors(const Coefficients<S>& k, int from, int to, const S& weight, Errors<S>& e) const {
    V worst[3] = {V(0.0), V(0.0), V(0.0)};
    for (int i = from; i < to; i += wide<S>::step) {
      V now = load(now_ + i), sum[3];
      for (int m = 0; m < 3; ++m) sum[m] = spread(k.newest[m]) * now;
      for (int s = 0; s < k.erring; ++s) {
        V value = load(slot_[s] + i);
        for (int m = 0; m < 3; ++m) sum[m] += spread(k.error[m][s]) * value;
      }
      for (int m = 0; m < 3; ++m) worst[m] = larger(worst[m], magnitude(sum[m]));
    }
    e.below = larger(e.below, largest<S>(worst[0]) * weight);
    e.here = larger(e.here, largest<S>(worst[1]) * weight);
    e.above = larger(e.above, largest<S>(worst[2]) * weight);
  }
};

// Step and order after an accepted step with errors e (in units of the tolerance).
inline void plan_next(Clock& clock, double below, double here, double above) {
  const auto factor = [](double e, int order) { return 0.75 * std::pow(std::fmax(e, 1e-10), -1.0 / (order + 1)); };
  double best = factor(here, clock.order);
  int order = clock.order;
  if (clock.order > 1 && clock.count > 2) {
    const double f = factor(below, clock.order - 1);
    if (f > best) best = f, order = clock.order - 1;
  }
  if (clock.order < highest_order && clock.count > clock.order + 2 && clock.at_order > clock.order) {
    const double f = factor(above, clock.order + 1);
    if (f > best) best = f, order = clock.order + 1;
  }
  if (order != clock.order) clock.at_order = 0;
  clock.order = order;
  const double most = clock.count <= 3 ? 8.0 : 2.0;
  clock.h *= std::fmin(std::fmax(best, 0.3), most);
}

// Step after a step that was refused for its error; at order 1 after two refusals.
inline void plan_again(Clock& clock, double here, int refusals) {
  const double f = 0.8 * std::pow(here, -1.0 / (clock.order + 1));
  clock.h *= std::fmin(std::fmax(f, 0.1), 0.7);
  if (refusals >= 2 && clock.order > 1) clock.order = 1, clock.at_order = 0;
}

}  // namespace alloycell
