package trace

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
)

var errTime = errors.New("no time")

// when reads a time in seconds: a number in the unit of its column, or a date with a time, as 2023-11-16
// 18:15:46.6805900 (UTC), 2024-05-12 00:00:00.001163+00:00 or 2024-05-12T00:00:00Z. Dates count from 1970.
func when(text string, unit float64) (float64, error) {
	text = strings.TrimSpace(text)
	if len(text) < 19 || text[4] != '-' || text[7] != '-' {
		x, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
			return 0, errTime
		}
		return x * unit, nil
	}
	var part [6]int
	for i, span := range [6][2]int{{0, 4}, {5, 7}, {8, 10}, {11, 13}, {14, 16}, {17, 19}} {
		for _, c := range []byte(text[span[0]:span[1]]) {
			if c < '0' || c > '9' {
				return 0, errTime
			}
			part[i] = 10*part[i] + int(c-'0')
		}
	}
	month, day := part[1], part[2]
	if text[10] != ' ' && text[10] != 'T' && text[10] != 't' || text[13] != ':' || text[16] != ':' ||
		month < 1 || month > 12 || day < 1 ||
		day > 31 || part[3] > 23 || part[4] > 59 || part[5] > 60 {
		return 0, errTime
	}
	fraction, shift, err := tail(text[19:])
	if err != nil {
		return 0, err
	}
	whole := float64(days(part[0], month, day))*86400 + float64(part[3]*3600+part[4]*60+part[5]) - shift
	return whole + fraction, nil
}

// tail reads what stands behind the seconds: a fraction, and a zone as seconds ahead of UTC.
func tail(text string) (fraction, zone float64, err error) {
	end := 0
	if strings.HasPrefix(text, ".") {
		for end = 1; end < len(text) && text[end] >= '0' && text[end] <= '9'; end++ {
		}
		if fraction, err = strconv.ParseFloat("0"+text[:end], 64); err != nil {
			return 0, 0, errTime
		}
	}
	rest := strings.TrimSpace(text[end:])
	if rest == "" || rest == "Z" || rest == "z" || rest == "UTC" {
		return fraction, 0, nil
	}
	for _, layout := range []string{"-07:00", "-0700", "-07"} {
		if at, err := time.Parse(layout, rest); err == nil {
			_, ahead := at.Zone()
			return fraction, float64(ahead), nil
		}
	}
	return 0, 0, errTime
}

// days is the number of a day of the Gregorian calendar, counted from 1970-01-01: years of 365 days with their leap
// days, March being the first month of a year.
func days(year, month, day int) int {
	if month <= 2 {
		year, month = year-1, month+12
	}
	return 365*year + year/4 - year/100 + year/400 + (153*(month-3)+2)/5 + day - 1 - 719468
}
