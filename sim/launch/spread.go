package launch

import "fathom/sim/plan"

// Spread lays an instance over servers of node devices: whole attention replicas a server, or one replica over several.
// It gives the servers, the devices and the replicas on each, 0 where no replica fits a server. ok is false for several
// replicas each of which is larger than a server.
func Spread(node int, s plan.Strategy) (servers, each, local int, ok bool) {
	dp, replica := max(1, s.DP), s.TP*max(1, s.PP)
	switch {
	case dp*replica <= node:
		return 1, dp * replica, dp, true
	case replica <= node:
		for local = min(dp, node/replica); dp%local != 0; {
			local--
		}
		return dp / local, local * replica, local, true
	case dp > 1:
		return 0, 0, 0, false
	}
	for servers = (replica + node - 1) / node; replica%servers != 0; {
		servers++
	}
	return servers, replica / servers, 0, true
}
