// One implicit step with derivatives, docs/theory/derivatives.md (1), staggered: values by the solver without derivatives, then derivatives at values that
// stay. There the step's equations are linear in the derivatives, and Newton's iteration on dual numbers solves them.
#pragma once
#include "protocol.hpp"

namespace alloycell {

class Staggered : public Implicit<dual> {
 public:
  // `values`: the same designs without derivatives, nullptr where values are always known beforehand.
  Staggered(Design<dual>& design, Arena<dual>& arena, Design<double>* values = nullptr)
      : Implicit<dual>(design, arena), kept_(arena.take(shape.tracked.total)) {
    if (!values) return;
    inner_arena_.emplace(memory_size<double>(*values->shape) + 3 * values->shape->tracked.total + 64);
    inner_.emplace(*values, *inner_arena_);
    now_ = inner_arena_->take(values->shape->tracked.total);
    rest_ = inner_arena_->take(values->shape->tracked.total);
    for_each_number<dual>(shape, [&](int, int at) { outer_place_.push_back(at); });
    for_each_number<double>(*values->shape, [&](int, int at) { inner_place_.push_back(at); });
  }

  void solve(Step<dual>& step, const Control<dual>& control, const Weights<dual>& weight, bool& active, Convergence<dual>& how) {
    const std::size_t size = outer_place_.size();
    for (std::size_t k = 0; k < size; ++k) {
      now_[inner_place_[k]] = step.now[outer_place_[k]].v;
      rest_[inner_place_[k]] = step.rest[outer_place_[k]].v;
    }
    inner_step_ = {step.alpha.v, rest_, now_, nullptr};
    static_assert(sizeof(Convergence<double>) == sizeof(Convergence<dual>));
    Convergence<double> met;
    std::memcpy(&met, &how, sizeof met);
    inner_->solve(inner_step_, {control.a0.v, control.a1.v, control.a2.v, control.a3.v, control.bordered},
                  {weight.salt.v, weight.potential.v, weight.theta.v, weight.current.v, weight.temperature.v}, active, met);
    std::memcpy(&how, &met, sizeof met);
    if (!active) return;
    prepare(step);  // what is taken from the guess, before the values are known
    for (std::size_t k = 0; k < size; ++k) step.now[outer_place_[k]].v = now_[inner_place_[k]];
    refine(step, control, weight);
    if (shape.thermal) take_temperature(step);
    finish(step);
    m.voltage.v = inner_->voltage();
    m.reference.v = inner_->reference();
  }

  // Derivatives alone, at a solution whose values are known.
  void differentiate(Step<dual>& step, const Control<dual>& control, const Weights<dual>& weight) {
    prepare(step);
    refine(step, control, weight);
    if (shape.thermal) take_temperature(step);
    finish(step);
  }

  // As without derivatives: the heat that the state of `step` gives off, and the temperature that follows from it.
  dual heat(Step<dual>& step) {
    dual made = Implicit<dual>::heat(step);
    if (inner_) {
      made.v = inner_->heat(inner_step_);
      step.now[outer_place_.back()].v = now_[inner_place_.back()];  // the temperature comes last
    }
    return made;
  }

 private:
  static constexpr int refinements = 10, inspection = 16;
  static constexpr double slope_tolerance = 1e-8;
  dual* kept_;
  std::optional<Arena<double>> inner_arena_;
  std::optional<Implicit<double>> inner_;
  double *now_ = nullptr, *rest_ = nullptr;
  Step<double> inner_step_{};
  std::vector<int> outer_place_, inner_place_;
  directions shrink_{1.0};   // four times the ratio of one change to the one before: small where values have converged
  long solved_ = 0;

  // Iterates until the next change would be below the tolerance, each direction for itself: where values have converged one
  // iteration does, as far as the Jacobian is exact. Every so often a second one looks whether that is so.
  void refine(Step<dual>& step, const Control<dual>& control, const Weights<dual>& weight) {
    if (solved_++ % inspection == 0) shrink_ = directions(1.0);
    mask_of<directions> done{};
    directions before(0.0);
    for (int n = 0; n < refinements && !all(done); ++n) {
      std::copy(step.now, step.now + shape.tracked.total, kept_);
      bool unsettled = false;
      iterate(step, control, weight, true, unsettled);
      const directions change = settle(step, weight, done);
      if (n) shrink_ = select(done, shrink_, smaller(directions(1.0), 4.0 * change / larger(before, directions(1e-300))));
      done = either(done, ~(shrink_ * change > slope_tolerance));
      before = change;
    }
  }

  // Values as they were, and derivatives of directions that are done; the largest relative change of the others.
  directions settle(Step<dual>& step, const Weights<dual>& weight, const mask_of<directions>& done) {
    const Tracked& t = shape.tracked;
    dual* const now = step.now;
    const directions voltage = m.voltage.d, reference = m.reference.d;
    read_voltage(step, true);
    bool unsettled = false;
    if (shape.thermal) warm(step, weight, true, unsettled);
    m.voltage.d = select(done, voltage, m.voltage.d);
    m.reference.d = select(done, reference, m.reference.d);
    const int edges[][2] = {{t.current, t.p}, {t.p, t.theta}, {t.j, t.c}, {t.c, t.h}, {t.temperature, t.shell}, {t.shell, t.mode}};
    directions worst(0.0);
    for (const int* edge : edges) {
      directions change(0.0), size(1e-300);
      for (int i = edge[0]; i < edge[1]; ++i) {
        now[i].v = kept_[i].v;
        now[i].d = select(done, kept_[i].d, now[i].d);
        change = larger(change, magnitude(now[i].d - kept_[i].d));
        size = larger(size, magnitude(now[i].d));
      }
      worst = larger(worst, change / size);
    }
    return worst;
  }
};

template <class S> struct solver { using type = Implicit<S>; };
template <> struct solver<dual> { using type = Staggered; };
template <class S> using solver_of = typename solver<S>::type;

// What a scalar with derivatives needs beside its designs: the same ones without, as numbers and as duals.
template <class S> struct Beside {};
template <> struct Beside<dual> { Design<double>* values; Design<dual>* still; };

}  // namespace alloycell
