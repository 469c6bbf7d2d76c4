// Drives a pack of designs through their protocols.
#pragma once
#include "course.hpp"

namespace alloycell {

template <class S> inline std::size_t run_size(const Shape& shape) {
  const std::size_t beside = differentiates<S> ? memory_size<S>(shape) + 2 * shape.tracked.total : 0;
  return beside + memory_size<S>(shape) + History<S>::size(shape) + 4 * shape.phases.size() + 64;
}

template <class S> class Run : Course<S> {
 public:
  using X = number_of<S>;
  Run(const Shape& shape, Design<S>& design, const Settings& settings, Arena<S>& arena, const Beside<S>& beside = {})
      : Course<S>(shape, design, settings, arena, beside) {}

  // Gives a lane its design, whose numbers have been filled into `design`; phases hold initial contents.
  void enter(int lane, Door& door, const X* phases) {
    Lane<X>& x = lane_[lane];
    x = Lane<X>{};
    x.door = &door;
    x.alive = door.step_count > 0;
    x.charge[0] = x.energy[0] = x.heat[0] = x.lost[0] = 0.0;
    how_.curve[lane] = 1.0;
    S* const first = history_.newest();
    if (door.state_in)
      for_each_number<S>(shape_, [&](int n, int at) { put(first[at], lane, door.state_in[n]); });
    else
      initial_state(d_, phases, lane, first);
    begin_step(lane);
  }

  void go() {
    while (advance()) {
    }
  }

 private:
  using Base = Course<S>;
  using Base::attempt_, Base::control_, Base::d_, Base::history_, Base::how_, Base::k_, Base::lane_, Base::newton_, Base::set_;
  using Base::shape_, Base::survey_, Base::weight_;
  using Base::complete, Base::copy_row, Base::finite, Base::look, Base::move_end, Base::snapshots, Base::start_length, Base::watch_of;

  void begin_step(int lane) {
    Lane<X>& x = lane_[lane];
    x.offset = x.step ? x.offset + x.clock.t[0] : X(0.0);
    x.clock.restart(0.0);
    x.starting = true;
    x.start_rate = 1e30;
    x.refusals = 0;
    x.landing = not_ended;
    x.charge_before = x.charge[0];
    x.profile_row = 0;
    x.begun = x.rate = 0.0;
    x.opening = Opening{};
  }

  // One attempted step of all lanes; false when none is left.
  bool advance() {
    mask_of<S> active{};
    bool left = false;
    k_.clear();
    control_ = {S(0.0), S(0.0), S(1.0), S(0.0), false};
    for (int lane = 0; lane < lanes<S>; ++lane) {
      Lane<X>& x = lane_[lane];
      left |= x.alive;
      put_mask(active, lane, x.alive);
      if (!x.alive || x.starting) {
        k_.set_start(lane, x.start_rate);
        attempt_[lane] = x.clock.t[0];
      } else {
        if (!x.landing) attempt_[lane] = x.clock.t[0] + x.proposal(set_.longest_step);
        k_.set(lane, x.clock, attempt_[lane]);
      }
      if (x.alive) set_control(lane);
    }
    if (!left) return false;
    attempt(active);
    return true;
  }

  void set_control(int lane) {
    const X value = lane_[lane].held();
    const int kind = static_cast<int>(lane_[lane].row()[step_kind]);
    put(control_.a0, lane, kind == hold_resistance ? X(0.0) : -value);
    put(control_.a1, lane, kind == hold_voltage || kind == hold_resistance ? 1.0 : 0.0);
    put(control_.a2, lane, kind == hold_current ? X(1.0) : kind == hold_resistance ? -value : X(0.0));
    put(control_.a3, lane, kind == hold_power ? 1.0 : 0.0);
    control_.bordered |= kind != hold_current;
  }

  void attempt(mask_of<S> active) {
    const Tracked& t = shape_.tracked;
    history_.predict(k_);
    S* const now = history_.now();
    for (int lane = 0; lane < lanes<S>; ++lane) {
      const Lane<X>& x = lane_[lane];
      if (!x.alive) continue;
      const bool first = x.starting || x.opening.stage == 1;
      how_.most[lane] = first ? set_.start_most : set_.newton_most;
      if (static_cast<int>(x.row()[step_kind]) == hold_current) put(now[t.current], lane, x.held());
      if (x.starting) how_.curve[lane] = 1e3;
      // noise of the iteration must not steer the step; at a start it would look like a rate
      how_.accepted[lane] = first ? 1e-5 : x.trouble > 8 ? 1e-6 : 0.3;
    }
    Step<S> step{k_.alpha, history_.rest(), now, nullptr};
    newton_.solve(step, control_, weight_, active, how_);
    settle(active, shape_.thermal ? newton_.heat(step) : S(0.0));
  }

  // Decides lane by lane what becomes of the attempt and stores it.
  void settle(const mask_of<S>& active, const S& heat) {
    mask_of<S> taken{}, started{};
    bool all = true, any_taken = false;
    X rows[lanes<S>][row_columns] = {};
    const S error = history_.error(k_, tested());
    look(newton_, heat, rows);
    for (int lane = 0; lane < lanes<S>; ++lane) {
      Lane<X>& x = lane_[lane];
      const bool sound = x.alive && get_mask(active, lane) && finite(lane, rows[lane]);
      const bool good = x.alive && (sound ? judge(lane, rows[lane], get(error, lane)) : fail(lane));
      put_mask(x.starting ? started : taken, lane, good);
      any_taken |= good;
      all &= good;
    }
    const Errors<S> errors = beside(taken, error);
    if (any_taken) keep(taken, started, all);
    level(taken);
    for (int lane = 0; lane < lanes<S>; ++lane) {
      if (get_mask(taken, lane)) accept(lane, rows[lane], errors);
      else if (get_mask(started, lane)) start(lane, rows[lane]);
    }
  }

  // Weights of the error test: at a jump, only contents have a past.
  Weights<S> tested() const {
    Weights<S> weight = weight_;
    for (int lane = 0; lane < lanes<S>; ++lane) {
      const Opening& x = lane_[lane].opening;
      if (x.stage != 1 && !(x.stage && x.jumped)) continue;
      put(weight.potential, lane, 0.0);
      put(weight.current, lane, 0.0);
    }
    return weight;
  }

  void level(const mask_of<S>& taken) {
    mask_of<S> jumped{};
    for (int lane = 0; lane < lanes<S>; ++lane) {
      const Opening& x = lane_[lane].opening;
      put_mask(jumped, lane, get_mask(taken, lane) && x.stage == 1 && x.jumped);
    }
    if (any(jumped)) history_.level(jumped);
  }

  // Stores the candidates: as a further value of the lanes in `taken`, in place of the newest one of those in `started`.
  void keep(const mask_of<S>& taken, const mask_of<S>& started, bool all) {
    for (int lane = 0; lane < lanes<S>; ++lane) {
      Lane<X>& x = lane_[lane];
      if (!x.alive) continue;
      if (x.clock.slot[x.clock.count - 1] + 1 >= slots) history_.gather(lane, x.clock);
      if (get_mask(taken, lane)) x.clock.push(attempt_[lane]); else x.clock.wait();
    }
    history_.push(either(taken, started), all);
  }

  // The error of the present order with those of the orders beside it that some lane of `taken` may change to.
  Errors<S> beside(const mask_of<S>& taken, const S& error) const {
    Errors<S> e{S(0.0), error, S(0.0)};
    OtherError<S> below, above;
    bool lower = false, higher = false;
    for (int lane = 0; lane < lanes<S>; ++lane) {
      if (!get_mask(taken, lane) || lane_[lane].opening.stage) continue;
      const Clock& clock = lane_[lane].clock;
      if (considers(clock, -1)) lower = true, below.set(lane, clock, clock.order - 1, attempt_[lane]);
      if (considers(clock, 1)) higher = true, above.set(lane, clock, clock.order + 1, attempt_[lane]);
    }
    if (lower) e.below = history_.error(below, weight_);
    if (higher) e.above = history_.error(above, weight_);
    return e;
  }

  // A solve that did not converge: a shorter step, or the end.
  bool fail(int lane) {
    Lane<X>& x = lane_[lane];
    ++x.door->failed;
    x.trouble += 2;
    if (x.starting) {
      if (x.start_rate < 1e4) return end_run(lane, no_start);
      x.start_rate = std::fmin(1e12, 1e-3 * x.start_rate);
      return false;
    }
    x.landing = not_ended;
    how_.curve[lane] = 1.0;
    if (x.opening.stage > 1) return open_again(lane, 1e3);
    x.clock.h = 0.25 * (attempt_[lane] - x.clock.t[0]);
    if (++x.refusals >= 2) x.clock.order = 1, x.clock.at_order = 0;
    return too_short(lane);
  }

  bool too_short(int lane) {
    Lane<X>& x = lane_[lane];
    if (x.clock.h > 1e-20 && x.clock.h > 1e-14 * x.clock.t[0]) return false;
    return end_run(lane, stalled);
  }

  bool judge(int lane, const X* row, double error) {
    Lane<X>& x = lane_[lane];
    if (x.starting) return true;
    if (!std::isfinite(error)) return fail(lane);
    if (error > 1.0 && !x.landing && x.opening.stage != 2) {
      ++x.door->refused;
      x.trouble += 2;
      if (x.opening.stage == 3) return open_again(lane, error);
      x.clock.h = attempt_[lane] - x.clock.t[0];
      plan_again(x.clock, error, ++x.refusals);
      too_short(lane);
      return false;
    }
    double watch[causes];
    watch_of(lane, row, watch);
    if (x.opening.stage == 1 && x.opening.jumped) return x.crossed(watch), true;
    return x.landing ? x.landed(attempt_[lane], watch) : !x.overshoots(attempt_[lane], watch);
  }

  // The two long steps of an opening once more, over a shorter span.
  bool open_again(int lane, double error) {
    Lane<X>& x = lane_[lane];
    if (x.opening.stage == 3) {
      history_.drop(lane, x.clock);
      x.unshift();
    }
    x.opening.adapt(error, true);
    x.opening.stage = 2;
    x.clock.h = Opening::share * x.opening.span;
    return too_short(lane);
  }

  void accept(int lane, X* row, const Errors<S>& errors) {
    Lane<X>& x = lane_[lane];
    const double h = x.clock.t[0] - x.clock.t[1];
    x.shift();
    x.charge[0] = x.candidate_charge;
    x.energy[0] = x.candidate_energy;
    x.heat[0] = x.candidate_heat;
    x.lost[0] = x.candidate_lost;
    watch_of(lane, row, x.watch[0]);
    x.refusals = 0;
    x.trouble = std::max(0, std::min(x.trouble, 20) - 1);
    ++x.door->accepted;
    if (x.opening.stage == 1 && x.opening.jumped) std::memcpy(x.watch[1], x.watch[0], sizeof x.watch[0]);
    if (x.opening.stage && x.opening.stage < 3 && !x.landing) return open_further(lane, h, get(errors.here, lane));
    if (x.opening.stage == 3) x.opened(get(errors.here, lane));
    x.opening.stage = 0;
    const bool at_end = x.landing || x.ends_here();
    snapshots(lane);
    if ((at_end || !x.follows()) && !write(lane, row)) return;
    if (at_end && (x.landing || !x.has_more_rows())) return end_step(lane, row, x.landing ? x.landing : by_time);
    if (x.door->accepted >= set_.most_steps) {
      end_run(lane, too_many_steps);
      return;
    }
    plan_next(x.clock, h, get(errors.below, lane), get(errors.here, lane), get(errors.above, lane));
    if (at_end && x.next_row()) open(lane, true);
  }

  // From one step of an opening to the next; the first, of length h, has shown how fast contents change.
  void open_further(int lane, double h, double error) {
    Lane<X>& x = lane_[lane];
    Opening& o = x.opening;
    if (o.stage == 1) o.plan(h, 2.0 * error, set_.tolerance, std::fmin(x.end() - x.clock.t[0], set_.longest_step));
    x.clock.order = 2;
    x.clock.h = (o.stage == 1 ? Opening::share : 1.0 - Opening::share) * o.span;
    ++o.stage;
  }

  void open(int lane, bool jumped) {
    Lane<X>& x = lane_[lane];
    x.clock.h = first_step(lane);
    if (set_.first_step > 0.0) return;
    x.clock.h = std::fmin(0.3 * x.clock.h, 0.01 * x.end());
    x.opening.stage = 1;
    x.opening.jumped = jumped;
  }

  // The consistent state at the start of a step has been found.
  void start(int lane, X* row) {
    Lane<X>& x = lane_[lane];
    x.offset += start_length(x);
    x.charge[0] = x.candidate_charge;
    x.energy[0] = x.candidate_energy;
    x.heat[0] = x.candidate_heat;
    x.lost[0] = x.candidate_lost;
    x.starting = false;
    open(lane, false);
    watch_of(lane, row, x.watch[0]);
    if (!write(lane, row)) return;
    if (x.crossed(x.watch[0])) return end_step(lane, row, x.landing);
    if (x.end() <= 0.0) end_step(lane, row, by_time);
  }

  // A step over which no surface moves by more than the tolerance.
  double first_step(int lane) {
    Lane<X>& x = lane_[lane];
    if (set_.first_step > 0.0) return set_.first_step;
    double rate = 0.0;
    for (std::size_t q = 0; q < shape_.phases.size(); ++q)
      rate = std::fmax(rate, surface_rate<S>(shape_, shape_.phases[q], d_.phase[q], history_.newest(), lane));
    const double used = std::fmax(rate, 0.3 * x.rate);
    x.rate = rate;
    return used > 0.0 ? std::fmin(set_.tolerance * set_.theta_scale / used, 10.0) : 1.0;
  }

  void end_step(int lane, X* row, int cause) {
    Lane<X>& x = lane_[lane];
    Door& door = *x.door;
    complete(lane, row);
    if constexpr (differentiates<S>)
      if (x.clock.t[0] > 0.0) move_end(lane, cause, row);
    const std::size_t width = row_columns + shape_.phases.size();
    copy_row(lane, row, door.ends, door.end_slopes, static_cast<std::size_t>(x.step) * width);
    door.cause[x.step] = cause;
    if (x.step + 1 >= door.step_count) {
      end_run(lane, finished);
      return;
    }
    ++x.step;
    begin_step(lane);
  }

  bool write(int lane, X* row) {
    Door& door = *lane_[lane].door;
    if (door.capacity == 0) return true;
    if (door.written >= door.capacity) return end_run(lane, output_full), false;
    complete(lane, row);
    copy_row(lane, row, door.rows, door.row_slopes, static_cast<std::size_t>(door.written++) * (row_columns + shape_.phases.size()));
    return true;
  }

  // Ends the run of a lane; names the place where the salt or the content ran out.
  bool end_run(int lane, int outcome) {
    Lane<X>& x = lane_[lane];
    Door& door = *x.door;
    x.alive = false;
    door.outcome = outcome;
    door.time = x.now();
    if (door.state_out)
      for_each_number<S>(shape_, [&](int n, int at) { door.state_out[n] = get(history_.newest()[at], lane); });
    if (outcome == stalled) name_place(d_, history_.newest(), lane, door);
    return false;
  }
};

}  // namespace alloycell
