// Package number prints figures for people: thousands separators, a fixed count of significant digits, unit prefixes.
// Thresholds are taken from the printed form, so 999.95 never becomes "1000.0" beside "999.9".
//
// In: figures. Out: texts of a known width.
package number
