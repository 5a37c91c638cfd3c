package kernel

// Memory of the fullest device, in bytes.
type Memory struct {
	Weights  float64
	KVPerTok float64 // of one token of context on one device; 0 where no layer keeps one
	PerSeq   float64 // recurrent state of one sequence
	Room     int     // tokens of KV cache of the whole replica, all DP ranks together; 0: nothing is left
}

// What engines take of a device's memory, and keep of that beside weights and cache for activations, graphs and
// collective buffers, in bytes (serving-dynamics 2).
const (
	EngineShare   = 0.9
	EngineReserve = 5e9
)

// Memory is the room that an engine finds: share of the device's memory, less weights and a reserve.
func (s *Stepper) Memory(share, reserve float64) Memory {
	d := &s.d
	var m Memory
	h := float64(d.Model.Hidden)
	vocab := perRank(d.Model.Vocab, d.TP)
	m.Weights = h * vocab * (2 + d.Formats.Head.Bytes())
	for i := range s.shapes {
		sh := &s.shapes[i]
		n := float64(sh.count)
		m.Weights += n * (sh.attention*d.Formats.Attention.Bytes() + sh.dense*d.Formats.Dense.Bytes() + 2*sh.router)
		if sh.experts > 0 {
			m.Weights += n * 3 * h * float64(sh.inner) * float64(sh.experts) / s.moeRanks * s.expertBytes
		}
		if sh.window == 0 || sh.extraElements > 0 {
			m.KVPerTok += n * sh.kvStored * s.kvBytes
		} else {
			m.PerSeq += n * sh.kvStored * s.kvBytes * float64(sh.window)
		}
		m.PerSeq += n * sh.state
	}
	pp := float64(max(1, d.PP))
	m.Weights /= pp
	m.KVPerTok /= pp
	m.PerSeq /= pp
	left := share*d.Profile.MemoryBytes - m.Weights - reserve
	if left > 0 && m.KVPerTok > 0 {
		m.Room = int(left/m.KVPerTok) * d.DP
	}
	return m
}

// HandOver gives the seconds to move the cache of a prompt to another instance over the network: the link between
// servers that one prefill device has, all devices of the instance sending their part at once.
func (s *Stepper) HandOver() func(tokens int) float64 {
	p := s.d.Profile
	node := p.Grid.Node
	if node == 0 && len(p.Grid.Shape) > 0 {
		node = p.Grid.Shape[len(p.Grid.Shape)-1]
	}
	link := p.Grid.Between(0, node)
	m := s.Memory(1, 0)
	return func(tokens int) float64 {
		if link.Bandwidth <= 0 {
			return 0
		}
		return link.Latency + (m.KVPerTok*float64(tokens)+m.PerSeq)/link.Bandwidth
	}
}
