// Package engine runs requests. The embedded engine computes them in this process; others may run a program beside it.
//
// In: a plan.Request. Out: a report.Report, progress on the way, and what can be said about the best rows. It is the
// only room of sim that starts a program. Begin reading with Engine, Embedded and Msmodeling.
package engine
