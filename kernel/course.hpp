// The course of a pack of designs: their past, the attempt at hand, and the figures read off both.
#pragma once
#include "figures.hpp"

namespace alloycell {

template <class S> class Course {
 protected:
  using X = number_of<S>;
  const Shape& shape_;
  const Design<S>& d_;
  Settings set_;
  solver_of<S> newton_;
  std::optional<solver_of<S>> still_;
  History<S> history_;
  Coefficients<S> k_;
  Convergence<S> how_{};
  Weights<S> weight_;
  Control<S> control_;
  Lane<X> lane_[lanes<S>];
  double attempt_[lanes<S>];
  Survey<S> survey_{};


  Course(const Shape& shape, Design<S>& design, const Settings& settings, Arena<S>& arena, const Beside<S>& beside)
      : shape_(shape), d_(design), set_(settings), newton_(solver_for(design, arena, beside)), history_(shape, arena) {
    survey_.means = arena.take(shape.phases.size() + 1);
    k_.clear();
    if constexpr (differentiates<S>) still_.emplace(*beside.still, arena);
    for (int lane = 0; lane < lanes<S>; ++lane) how_.curve[lane] = 1.0;
    const double per = 1.0 / settings.tolerance;
    how_.noise = std::fmax(1e-9, 1e-12 * per);
    weight_ = {S(per / settings.salt_scale), S(per / settings.potential_scale), S(per / settings.theta_scale),
               S(per / settings.current_scale), S(per / settings.temperature_scale)};
  }

  static solver_of<S> solver_for(Design<S>& design, Arena<S>& arena, const Beside<S>& beside) {
    if constexpr (differentiates<S>) return {design, arena, beside.values}; else return {design, arena};
  }

  // Figures of the candidate state in every lane; those that nobody reads in this step are left for its end.
  void look(const solver_of<S>& solver, const S& heat, X (*rows)[row_columns]) {
    const S* const now = history_.now();
    const S& temperature = shape_.thermal ? now[shape_.tracked.temperature] : solver.design().temperature;
    const S lost = shape_.thermal ? heat_lost(solver.design(), temperature) : S(0.0);
    survey_.done = false;
    bool wanted = false;
    for (const Lane<X>& x : lane_)
      if (x.alive && (x.door->capacity > 0 || x.row()[step_group] >= 0 || x.row()[step_margin] > -1e30)) wanted = true;
    if (wanted) survey_.of(solver.design(), now);
    for (int lane = 0; lane < lanes<S>; ++lane) {
      Lane<X>& x = lane_[lane];
      X* row = rows[lane];
      if (!x.alive) continue;
      row[row_time] = x.offset + attempt_[lane] + start_length(x);
      row[row_step] = x.step;
      row[row_current] = pick(now[shape_.tracked.current], lane);
      row[row_voltage] = pick(solver.voltage(), lane);
      row[row_temperature] = pick(temperature, lane);
      row[row_heat] = pick(heat, lane);
      row[row_heat_lost] = pick(lost, lane);
      row[row_negative_potential] = pick(solver.reference(), lane);
      if (wanted) survey_.copy(lane, row);
      integrate(lane, row);
    }
  }

  // Charge, energy and heat passed, by the same formula as the state: they agree with the lithium to rounding.
  void integrate(int lane, X* row) {
    Lane<X>& x = lane_[lane];
    const double alpha = get(k_.alpha, lane);
    const auto integral = [&](const X* past, const X& rate) {
      if (x.starting) return past[0] + start_length(x) * rate;
      X sum = 0.0;
      for (int i = 0; i < x.clock.order; ++i) sum -= get(k_.rest[x.clock.slot[i]], lane) * (past[i] - past[0]);
      return past[0] + (sum + rate) / alpha;
    };
    row[row_charge] = x.candidate_charge = integral(x.charge, row[row_current]);
    row[row_energy] = x.candidate_energy = integral(x.energy, row[row_current] * row[row_voltage]);
    if (!shape_.thermal) return;
    row[row_heat] = x.candidate_heat = integral(x.heat, row[row_heat]);
    row[row_heat_lost] = x.candidate_lost = integral(x.lost, row[row_heat_lost]);
  }

  // How long the implicit step of a start lasts: no time, but where only a step of some length has a solution.
  static double start_length(const Lane<X>& x) { return x.starting && x.start_rate < 1e30 ? 1.0 / x.start_rate : 0.0; }

  // Sums over all unknowns: one that is not a number spoils them.
  bool finite(int lane, const X* row) const {
    double sum = 0.0;
    for (int k : {row_voltage, row_salt, row_current, row_charge, row_energy}) sum += get(row[k], 0);
    for (std::size_t q = 0; survey_.done && q < shape_.phases.size(); ++q) sum += get(survey_.means[q], lane);
    return std::isfinite(sum);
  }

  // `moving`: with derivatives by the inputs, where Y carries any; else with those that the row and the means have.
  template <class Y> void watch_of(int lane, const X* row, Y* watch, bool moving = true) const {
    const Lane<X>& x = lane_[lane];
    watch[by_low_voltage] = as<Y>(row[row_voltage]);
    watch[by_current] = as<Y>(row[row_current]);
    watch[by_charge] = as<Y>(moving ? row[row_charge] - x.charge_before : row[row_charge] - get(x.charge_before, 0));
    watch[by_margin] = as<Y>(row[row_margin]);
    const double* const slopes = moving ? x.door->group_slopes : nullptr;
    Y content = 0.0;
    const int group = static_cast<int>(x.row()[step_group]);
    for (std::size_t q = 0; group >= 0 && q < shape_.phases.size(); ++q)
      content += input<Y>(x.door->groups, slopes, group * shape_.phases.size() + q) * as<Y>(pick(survey_.means[q], lane));
    watch[by_low_content] = content;
  }

  // Where the inputs move the end of a step, docs/theory/derivatives.md (2), (3): row, charge, energy and the state that the
  // next step starts from get total derivatives.
  void move_end(int lane, int cause, X* row) {
    Lane<X>& x = lane_[lane];
    X limits[step_columns], watch[causes], rates[1][row_columns] = {};
    for (int k = 0; k < step_columns; ++k) limits[k] = x.given(k);
    watch_of(lane, row, watch);
    const auto slope = distance_to_end(cause, limits, watch).d;
    auto dt = limits[step_duration].d;
    if (cause == by_time && !any(either(dt < 0.0, dt > 0.0))) return;
    rate_of_change(rates);
    if (cause != by_time) {
      for (X& limit : limits) limit = limit.v;
      watch_of(lane, rates[0], watch, false);
      dt = -slope / distance_to_end(cause, limits, watch).d;
    }
    S* const newest = history_.newest();
    for (int i = 0; i < shape_.tracked.total; ++i) newest[i].d += history_.now()[i].d * dt;
    for (int k = 0; k < row_columns; ++k) row[k].d += rates[0][k].d * dt;
    survey_.of(d_, newest);
    x.charge[0] = row[row_charge];
    x.energy[0] = row[row_energy];
    x.heat[0] = row[row_heat];
    x.lost[0] = row[row_heat_lost];
    x.offset.d += dt;
  }

  // Time derivatives [1/s] of the state just accepted (amounts by the formula of the step, potentials and currents so that
  // all equations stay satisfied) and of its row, in all directions of the sought value and of `rates`.
  void rate_of_change(X (*rates)[row_columns]) {
    S *const now = history_.now(), *const rest = history_.rest();
    for (int i = 0; i < shape_.tracked.total; ++i) {
      const double value = history_.newest()[i].v;
      now[i] = {value, i < shape_.tracked.c ? 0.0 : k_.alpha.v * value + rest[i].v};
      rest[i] = -1e30 * now[i];
    }
    Step<S> step{S(1e30), rest, now, nullptr};
    still_->differentiate(step, {control_.a0.v, control_.a1.v, control_.a2.v, control_.a3.v, control_.bordered}, weight_);
    const S made = shape_.thermal ? still_->heat(step) : S(0.0);
    look(*still_, made, rates);
    if (!survey_.done) survey_.of(still_->design(), now);
    survey_.copy(0, rates[0]);
    X* const row = rates[0];
    row[row_heat].d = made.v;
    row[row_heat_lost].d = shape_.thermal ? heat_lost(d_, now[shape_.tracked.temperature]).v : 0.0;
    row[row_time].d = 1.0;
    row[row_charge].d = row[row_current].v;
    row[row_energy].d = row[row_current].v * row[row_voltage].v;
  }

  // Figures of the state just stored that nobody has read until now.
  void complete(int lane, X* row) {
    if (!survey_.done) survey_.of(d_, history_.newest());
    survey_.copy(lane, row);
  }

  void copy_row(int lane, const X* row, double* to, double* slopes, std::size_t at) const {
    for (int k = 0; k < row_columns; ++k) output(row[k], to, slopes, at + k);
    for (std::size_t q = 0; q < shape_.phases.size(); ++q) output(pick(survey_.means[q], lane), to, slopes, at + row_columns + q);
  }

  void snapshots(int lane) {
    Lane<X>& x = lane_[lane];
    Door& door = *x.door;
    while (door.snapshots_done < door.snapshots && door.snapshot_times[door.snapshots_done] <= x.now() * (1 + 1e-15)) {
      double w[past_values];
      const int points = std::min(x.clock.count, x.clock.order + 1);
      lagrange(x.clock.t, points, door.snapshot_times[door.snapshots_done] - get(x.offset, 0), w);
      const int size = for_each_number<S>(shape_, [](int, int) {});
      double* to = door.snapshot + static_cast<std::size_t>(door.snapshots_done++) * size;
      for_each_number<S>(shape_, [&](int n, int at) { to[n] = history_.value(at, lane, x.clock, w, points); });
    }
  }
};

}  // namespace alloycell
