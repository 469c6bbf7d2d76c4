// What a design is asked to do, step by step, and how its run ended. One lane of a pack each.
#pragma once
#include <optional>
#include "bdf.hpp"

namespace alloycell {

enum StepKind { hold_current, hold_voltage, hold_power, hold_resistance };
enum StepColumn {
  step_kind, step_value, step_duration, step_low_voltage, step_high_voltage, step_cut_current, step_charge,
  step_group, step_low_content, step_high_content, step_margin, step_profile, step_profile_rows, step_columns
};
enum Cause {
  not_ended, by_time, by_low_voltage, by_high_voltage, by_current, by_charge, by_low_content, by_high_content, by_margin,
  causes
};
enum Outcome { finished, stalled, no_start, too_many_steps, output_full, salt_depleted, phase_empty, phase_full };
// A row of output; the mean content of every phase follows.
enum RowColumn {
  row_time, row_step, row_current, row_voltage, row_temperature, row_charge, row_energy, row_margin, row_margin_node,
  row_negative_potential, row_salt, row_heat, row_heat_lost, row_columns
};

// Settings of a run, common to a batch.
struct Settings {
  double tolerance = 1e-4;
  double salt_scale = 5000.0, potential_scale = 0.5, theta_scale = 0.5, current_scale = 15.0;
  double first_step = 0.0, longest_step = 1e30;
  long most_steps = 200000;
  int newton_most = 8, start_most = 100;
  double temperature_scale = 30.0;
};

// Where one design reads its input and leaves its output.
struct Door {
  const double* steps = nullptr;     // [step][step_columns]
  int step_count = 0;
  const double* profile = nullptr;   // [row][2]: end in the step [s], value in units of the step's
  const double* groups = nullptr;    // [group][phase] weights of the mean contents
  const double *step_slopes = nullptr, *group_slopes = nullptr;  // derivatives of both, [..][native_lanes]
  int group_count = 0;
  const double* state_in = nullptr;  // canonical state or nullptr
  double* rows = nullptr;            // [capacity][row_columns + phases]
  long capacity = 0, written = 0;
  double* ends = nullptr;            // [step][row_columns + phases], each step's last row
  double *row_slopes = nullptr, *end_slopes = nullptr;  // derivatives of both, [..][native_lanes]
  int* cause = nullptr;              // [step]
  const double* snapshot_times = nullptr;
  int snapshots = 0, snapshots_done = 0;
  double* snapshot = nullptr;        // [snapshots][canonical state]
  double* state_out = nullptr;
  int outcome = finished, place_node = -1, place_phase = -1;
  double time = 0.0;
  long accepted = 0, refused = 0, failed = 0;
};

// The value that an end of a step watches, positive until the end is reached.
template <class X> inline X distance_to_end(int cause, const X* step, const X* watch) {
  switch (cause) {
    case by_low_voltage: return watch[by_low_voltage] - step[step_low_voltage];
    case by_high_voltage: return step[step_high_voltage] - watch[by_low_voltage];
    case by_current: return magnitude(watch[by_current]) - step[step_cut_current];
    case by_charge: return step[step_charge] - magnitude(watch[by_charge]);
    case by_low_content: return watch[by_low_content] - step[step_low_content];
    case by_high_content: return step[step_high_content] - watch[by_low_content];
    case by_margin: return watch[by_margin] - step[step_margin];
    default: return X(1.0);
  }
}

inline bool watched(int cause, const double* step) {
  switch (cause) {
    case by_low_voltage: return step[step_low_voltage] > -1e30;
    case by_high_voltage: return step[step_high_voltage] < 1e30;
    case by_current: return step[step_cut_current] > 0.0;
    case by_charge: return step[step_charge] < 1e30;
    case by_low_content: return step[step_group] >= 0 && step[step_low_content] > -1e30;
    case by_high_content: return step[step_group] >= 0 && step[step_high_content] < 1e30;
    case by_margin: return step[step_margin] > -1e30;
    default: return false;
  }
}

// Progress of one design: its clock, the step it is in, what it watches and integrates (as numbers X).
template <class X> struct Lane {
  Door* door = nullptr;
  Clock clock;
  bool alive = false, starting = true;
  int step = 0, refusals = 0;
  int trouble = 0;                           // rises with every refused step, falls with every accepted one
  X offset = 0.0;                            // time at the start of the step; the clock counts from there
  double watch[past_values][causes];         // newest first
  X charge[past_values], energy[past_values], heat[past_values], lost[past_values];
  X candidate_charge = 0.0, candidate_energy = 0.0, candidate_heat = 0.0, candidate_lost = 0.0;
  X charge_before = 0.0;                     // at the start of the step
  double rate = 0.0;
  double start_rate = 1e30;                  // 1 / length of the implicit step that finds a consistent start
  Opening opening;
  int profile_row = 0;                       // of the step that is followed
  double begun = 0.0;                        // when that row began, by the clock
  int landing = not_ended, landings = 0;
  double low_t = 0, low_g = 0, high_t = 0, high_g = 0;

  const double* row() const { return door->steps + static_cast<std::ptrdiff_t>(step) * step_columns; }
  double now() const { return get(offset, 0) + clock.t[0]; }
  X given(int column) const { return input<X>(row(), slopes_of_row(), column); }
  const double* slopes_of_row() const {
    return door->step_slopes ? door->step_slopes + static_cast<std::ptrdiff_t>(step) * step_columns * native_lanes : nullptr;
  }
  bool follows() const { return row()[step_profile] >= 0; }
  const double* followed() const { return door->profile + 2 * (static_cast<std::ptrdiff_t>(row()[step_profile]) + profile_row); }
  // What is held, and until when by the clock: of the step, or of the row of the profile it follows.
  X held() const { return follows() ? given(step_value) * followed()[1] : given(step_value); }
  double end() const {
    if (!follows()) return row()[step_duration];
    return begun + followed()[0] - (profile_row ? followed()[-2] : 0.0);
  }
  bool ends_here() const { return clock.t[0] >= end() * (1 - 1e-12); }
  bool has_more_rows() const { return follows() && profile_row + 1 < row()[step_profile_rows]; }
  // A profile heeds the cut-off towards which its present value drives.
  bool watches(int cause) const {
    if (follows() && cause == by_low_voltage && !(get(held(), 0) > 0.0)) return false;
    if (follows() && cause == by_high_voltage && !(get(held(), 0) < 0.0)) return false;
    return watched(cause, row());
  }

  void shift() {
    for (int i = past_values - 1; i > 0; --i) {
      std::memcpy(watch[i], watch[i - 1], sizeof watch[0]);
      charge[i] = charge[i - 1];
      energy[i] = energy[i - 1];
      heat[i] = heat[i - 1];
      lost[i] = lost[i - 1];
    }
  }

  // Undoes the last shift.
  void unshift() {
    for (int i = 0; i + 1 < past_values; ++i) {
      std::memcpy(watch[i], watch[i + 1], sizeof watch[0]);
      charge[i] = charge[i + 1];
      energy[i] = energy[i + 1];
      heat[i] = heat[i + 1];
      lost[i] = lost[i + 1];
    }
  }

  // Time by which `cause` is reached, between the newest stored value and `time` where `g` is not positive.
  double crossing(int cause, double time, double g) const {
    const int points = std::min(clock.count, clock.order + 1);
    double t[past_values + 1], value[past_values + 1], w[past_values + 1];
    t[0] = time;
    value[0] = g;
    for (int i = 0; i < points; ++i) {
      t[i + 1] = clock.t[i];
      value[i + 1] = distance_to_end(cause, row(), watch[i]);
    }
    double low = clock.t[0], high = time;
    for (int n = 0; n < 60 && high - low > 1e-15 * time; ++n) {
      const double middle = 0.5 * (low + high);
      lagrange(t, points + 1, middle, w);
      double sum = 0.0;
      for (int i = 0; i <= points; ++i) sum += w[i] * value[i];
      (sum > 0 ? low : high) = middle;
    }
    return 0.5 * (low + high);
  }

  // Whether the step is at an end with the figures of a candidate; then it ends there.
  bool crossed(const double* watch) {
    for (int cause = by_low_voltage; cause < causes && !landing; ++cause)
      if (watches(cause) && distance_to_end(cause, row(), watch) <= 0.0) landing = cause;
    return landing;
  }

  // Whether an end of the step lies before the candidate at `time`; then the next attempt aims at it.
  bool overshoots(double& time, const double* figures) {
    double earliest = time;
    for (int cause = by_low_voltage; cause < causes; ++cause) {
      if (!watches(cause)) continue;
      const double g = distance_to_end(cause, row(), figures);
      if (g > 0.0) continue;
      const double t = crossing(cause, time, g);
      if (landing && t >= earliest) continue;
      landing = cause;
      earliest = t;
      high_t = time, high_g = g;
      low_t = clock.t[0], low_g = distance_to_end(cause, row(), watch[0]);
    }
    if (!landing) return false;
    landings = 0;
    time = earliest;
    return true;
  }

  // A candidate aimed at an end: accept it, or aim again by the secant inside the bracket.
  bool landed(double& time, const double* figures) {
    const double g = distance_to_end(landing, row(), figures);
    const bool above = g > 0.0;
    const double slope = above ? (high_g - g) / (high_t - time) : (g - low_g) / (time - low_t);
    if (std::fabs(g) <= 1e-8 * std::fabs(slope) || high_t - low_t < 1e-9 || ++landings > 8) return true;
    if (above) low_t = time, low_g = g; else high_t = time, high_g = g;
    double next = time - g / slope;
    if (!(next > low_t && next < high_t)) next = 0.5 * (low_t + high_t);
    time = next;
    return false;
  }

  // An opening is over, with the error e.
  void opened(double e) {
    opening.adapt(e, false);
    if (opening.jumped) clock.count = 3;  // rates before the jump are no past
  }

  // The next row of a profile; whether it holds another value: then the clock starts anew, else all goes on.
  bool next_row() {
    const double before = get(held(), 0), over = end();
    ++profile_row;
    begun = over;
    if (get(held(), 0) == before) return false;
    offset = offset + clock.t[0];
    begun = 0.0;
    clock.restart(0.0);
    return true;
  }

  // The step length to try next: the clock's, shortened to meet the end of the step in time.
  double proposal(double longest) const {
    const double left = end() - clock.t[0], h = std::fmin(clock.h, longest);
    if (h >= left * (1 - 1e-9)) return left;
    return 2 * h > left && !opening.stage ? 0.5 * left : h;
  }
};

// Calls f(canonical index, tracked index) for every number of the state, in the canonical order
// [I | p | theta | j | c | h | radial states | T], free of padding; T only where it moves.
template <class S, class F> inline int for_each_number(const Shape& shape, F f) {
  const Tracked& t = shape.tracked;
  int n = 0;
  f(n++, t.current);
  for (int i = 0; i < shape.n; ++i) f(n++, t.p + i);
  for (int start : {t.theta, t.j})
    for (const Phase& phase : shape.phases)
      for (int i = 0; i < phase.nodes; ++i) f(n++, start + phase.at + i);
  for (int i = 0; i < shape.n; ++i) f(n++, t.c + i);
  for (const Phase& phase : shape.phases)
    for (int i = 0; phase.hysteresis_at >= 0 && i < phase.nodes; ++i) f(n++, phase.hysteresis_at + i);
  for (const Phase& phase : shape.phases)
    for (int k = 0; k < phase.points; ++k)
      for (int i = 0; i < phase.nodes; ++i) f(n++, phase.state_at + k * padded<S>(phase.nodes) + i);
  if (shape.thermal) f(n++, t.temperature);
  return n;
}

}  // namespace alloycell
