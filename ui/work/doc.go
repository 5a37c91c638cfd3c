// Package work is what runs behind the dashboard: the engines, the operator table of a row, what would move it, and
// reading models.
//
// In: effects of state that take time. Out: events. Begin reading with Local.
package work
