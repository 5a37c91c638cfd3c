// Package calibrate fits a device's numbers of the step time, and those of serving engines on it, to measured runs
// (sim/score), and says by cross-validation how far they carry. A fit has a few dozen numbers, each a product of
// factors for all runs, for an engine and, for one of them, for an engine on a device; priors keep each near what
// kernels were measured to reach, so that a number which the runs cannot tell stays where it was, and none leaves its
// physical range.
//
// In: measured runs (sim/score) or passes with kernel times, and the profile to fit. Out: a fitted profile with its
// error by class, what was left out and why. The model of the step time is serving-dynamics 2, the fit a damped least
// squares with priors. Begin reading with Fit, then problem.
package calibrate
