package refusal

import (
	"math"

	"fathom/hw/message"
	"fathom/sim/memory"
	"fathom/sim/model"
)

// indexGap is how far the size of all weights may be from what the configuration comes to: biases and buffers that no
// operator reads, and layers that predict further tokens, are less.
const indexGap = 0.03

// OfIndex says that the index of a checkpoint contradicts its configuration, nothing where it does not or there is
// none.
func OfIndex(m *model.Model) message.Message {
	if m.TotalBytes <= 0 {
		return message.Message{}
	}
	size, err := memory.AsPublished(m)
	if m.Wide {
		size *= 2
	}
	if err != nil || size <= 0 {
		return message.Message{}
	}
	off := size/m.TotalBytes - 1
	if math.Abs(off) <= indexGap {
		return message.Message{}
	}
	return message.New("omitted.index", m.TotalBytes/(1<<30), size/(1<<30), 100*off)
}
