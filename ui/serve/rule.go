package serve

import (
	"errors"
	"fmt"
	"net/netip"
	"path"
	"strings"
	"time"

	"fathom/hw"
)

// rule is what the options of an authorized_keys line demand beyond the key itself.
type rule struct {
	from  []string  // patterns of addresses; none: from everywhere
	until time.Time // zero: for ever
}

// harmless options forbid or allow what this server refuses anyway.
var harmless = map[string]bool{"agent-forwarding": true, "no-agent-forwarding": true, "port-forwarding": true,
	"no-port-forwarding": true,
	"x11-forwarding":     true, "no-x11-forwarding": true, "user-rc": true, "no-user-rc": true, "environment": true,
	"permitopen":   true,
	"permitlisten": true, "tunnel": true, "pty": true, "restrict": true}

// parseRule reads the options of one line, as gossh.ParseAuthorizedKey splits them.
func parseRule(options []string) (rule, error) {
	var r rule
	terminal := true
	for _, o := range options {
		name, value, _ := strings.Cut(o, "=")
		name = strings.ToLower(strings.TrimSpace(name))
		value = strings.Trim(value, `"`)
		switch name {
		case "from":
			if r.from != nil {
				return r, errors.New("option from stands twice; join the patterns with commas")
			}
			for p := range strings.SplitSeq(value, ",") {
				r.from = append(r.from, strings.TrimSpace(p))
			}
		case "expiry-time":
			t, err := parseExpiry(value)
			if err != nil {
				return r, err
			}
			if r.until.IsZero() || t.Before(r.until) {
				r.until = t
			}
		case "restrict", "no-pty":
			terminal = false
		case "pty":
			terminal = true
		default:
			if !harmless[name] {
				return r, fmt.Errorf("option %s cannot be honoured here, so its key is left out; give the key a line without it",
					short(name))
			}
		}
	}
	if !terminal {
		return r, errors.New("its options forbid a terminal, and there is nothing here without one; add the option pty")
	}
	return r, nil
}

// parseExpiry reads YYYYMMDD[HHMM[SS]], with a Z behind in UTC, else in the server's own zone (sshd(8)).
func parseExpiry(s string) (time.Time, error) {
	zone := time.Local
	digits, utc := strings.CutSuffix(s, "Z")
	if utc {
		zone = time.UTC
	}
	for _, layout := range []string{"20060102", "200601021504", "20060102150405"} {
		if len(layout) == len(digits) {
			if t, err := time.ParseInLocation(layout, digits, zone); err == nil {
				return t, nil
			}
		}
	}
	return time.Time{}, fmt.Errorf("expiry-time %s is no time; write it as 20271231 or 202712312359Z", short(s))
}

// allows tells why a key may not enter from an address at a time; nil: it may.
func (r rule) allows(from netip.Addr, now time.Time) error {
	if !r.until.IsZero() && !now.Before(r.until) {
		return fmt.Errorf("the key expired on %s", r.until.Format(time.RFC3339))
	}
	if r.from != nil && !matchAddress(r.from, from.Unmap()) {
		return fmt.Errorf("the key may not come from %s", hw.Clean(from.String()))
	}
	return nil
}

// matchAddress is the pattern list of ssh_config(5), "PATTERNS", on addresses: wildcards, CIDR blocks, and a negated
// match that loses the whole list. Host names never match, because an address is not looked up for its name.
func matchAddress(patterns []string, a netip.Addr) bool {
	if !a.IsValid() {
		return false
	}
	found := false
	for _, p := range patterns {
		p, negated := strings.CutPrefix(p, "!")
		hit := false
		if block, err := netip.ParsePrefix(p); err == nil {
			hit = block.Contains(a)
		} else if !strings.ContainsAny(p, `[\`) { // path.Match knows more than ssh does
			hit, _ = path.Match(p, a.String())
		}
		if hit && negated {
			return false
		}
		found = found || hit
	}
	return found
}
