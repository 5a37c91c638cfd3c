// Package sweep answers one plan over ranges: one or two knobs (Parse), a grid of requests (Axis.Values), the best of
// each on every device (Run), and where the winner changes (Result.Changes). It knows no engine: whoever calls Run says
// how a request is answered.
package sweep
