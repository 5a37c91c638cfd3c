package kernel

import "math"

// Memory of the fullest device, in bytes.
type Memory struct {
	Weights  float64
	KVPerTok float64 // of one token of context on one device in the layers that keep all of it; 0: none does
	PerSeq   float64 // recurrent state of one sequence
	Windows  []Window
	Left     float64 // for caches and states; below 0: the weights do not fit
	DP       int     // attention ranks of the replica, each with its own sequences
}

// Window is what layers keep that attend to the newest Reach tokens alone.
type Window struct {
	Reach       int
	BytesPerTok float64
}

// Sequence is what one sequence of so many tokens keeps on a device.
func (m Memory) Sequence(tokens int) float64 {
	bytes := m.KVPerTok*float64(tokens) + m.PerSeq
	for _, w := range m.Windows {
		bytes += w.BytesPerTok * float64(min(tokens, w.Reach))
	}
	return bytes
}

// Endless is the room of a model that keeps nothing of a sequence.
const Endless = math.MaxInt32

// Room is the KV cache of the whole replica in tokens of sequences of so many; 0: nothing is left. Windows and states
// make a token of a long sequence take less than one of a short one.
func (m Memory) Room(tokens int) int {
	if m.Left <= 0 {
		return 0
	}
	each := m.KVPerTok + (m.Sequence(tokens)-m.KVPerTok*float64(tokens))/float64(tokens)
	if each <= 0 {
		return Endless
	}
	return min(int(m.Left/each), Endless) * m.DP
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
	m := Memory{DP: d.DP}
	h := float64(d.Model.Hidden)
	pp := float64(max(1, d.PP))
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
			m.Windows = append(m.Windows, Window{sh.window, n * sh.kvStored * s.kvBytes / pp})
		}
		m.PerSeq += n * sh.state
	}
	m.Weights /= pp
	m.KVPerTok /= pp
	m.PerSeq /= pp
	m.Left = share*d.Profile.MemoryBytes - m.Weights - reserve
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
		return link.Latency + m.Sequence(tokens)/link.Bandwidth
	}
}
