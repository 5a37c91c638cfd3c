package serve

import (
	"context"
	"net/netip"
	"time"
)

// Places at the door are for connections that have not logged in yet. Whoever only stands there must not keep others
// out: one address never has all places, those who have logged in before have some of their own, whoever has offered a
// key that may enter needs none, and a newcomer takes the place of a connection that has been silent.
const (
	mostLogins  = 128             // like sshd's MaxStartups
	mostOfOne   = 96              // of one address
	keptPlaces  = 32              // beyond mostLogins, for addresses that have logged in before
	mostOffered = 64              // connections that have offered an accepted key and not proven it yet
	silentTime  = time.Second     // after which a connection that has said nothing makes room
	slowTime    = 5 * time.Second // after which any makes room that has not logged in
)

// After a refused key an address waits for the answer, twice as long each time. Where somebody has logged in before, as
// many keys as one connection may offer are free: clients try all that they have. It forgets as slowly.
const (
	freeRefusals = 6
	firstDelay   = 100 * time.Millisecond
	mostDelay    = 8 * time.Second
	forgetAfter  = time.Minute
	mostVisitors = 4096
)

// visitor is what is known of an address.
type visitor struct {
	refused int       // keys, not forgotten yet
	at      time.Time // of the last one
	entered bool      // it has logged in before
}

// door keeps the books about addresses. The server's lock guards it.
type door map[netip.Addr]*visitor

// house is what counts as one address: a network of IPv6 belongs to one machine.
func house(a netip.Addr) netip.Addr {
	if a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			return p.Addr()
		}
	}
	return a
}

func (d door) of(a netip.Addr, now time.Time) *visitor {
	if v := d[a]; v != nil {
		return v
	}
	if len(d) >= mostVisitors { // the one that was not heard of for longest makes room
		var oldest netip.Addr
		first := true
		for b, v := range d {
			if first || v.at.Before(d[oldest].at) {
				oldest, first = b, false
			}
		}
		delete(d, oldest)
	}
	d[a] = &visitor{at: now}
	return d[a]
}

// refuse counts a refused key and gives the time that its answer waits.
func (v *visitor) refuse(now time.Time) time.Duration {
	if away := now.Sub(v.at) / forgetAfter; away > 0 {
		v.refused >>= min(away, 62)
	}
	v.at = now
	v.refused++
	over := v.refused
	if v.entered {
		over -= freeRefusals
	}
	if over <= 0 {
		return 0
	}
	return min(firstDelay<<min(over-1, 10), mostDelay)
}

// room finds a place for a newcomer: ok, perhaps in exchange for another connection. The caller holds the lock.
func (s *server) room(from netip.Addr, now time.Time) (instead *conn, ok bool) {
	all, own, offered := 0, 0, 0
	var silent, slow, ownSilent, ownSlow *conn
	older := func(at **conn, c *conn) {
		if *at == nil || c.since.Before((*at).since) {
			*at = c
		}
	}
	for c := range s.conns {
		in, key := c.standing()
		if in {
			continue
		}
		if key {
			if offered++; offered <= mostOffered {
				continue
			}
		}
		all++
		age := now.Sub(c.since)
		quiet, late := !c.spoke.Load() && age > silentTime, age > slowTime
		if quiet {
			older(&silent, c)
		}
		if late {
			older(&slow, c)
		}
		if c.house == from {
			own++
			if quiet {
				older(&ownSilent, c)
			}
			if late {
				older(&ownSlow, c)
			}
		}
	}
	most := mostLogins
	if v := s.door[from]; v != nil && v.entered {
		most += keptPlaces
	}
	pick := func(list ...*conn) (*conn, bool) {
		for _, c := range list {
			if c != nil {
				return c, true
			}
		}
		return nil, false
	}
	switch {
	case own >= mostOfOne:
		return pick(ownSilent, ownSlow)
	case all >= most:
		return pick(silent, slow)
	}
	return nil, true
}

// hesitate makes an address wait for the answer to a refused key.
func (s *server) hesitate(ctx context.Context, from netip.Addr) {
	s.mu.Lock()
	wait := s.door.of(house(from), time.Now()).refuse(time.Now())
	s.mu.Unlock()
	if wait == 0 {
		return
	}
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	case <-s.stopping.Done():
	}
}
