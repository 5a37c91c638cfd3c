package model

// unpriced names a kind of layer that has no operators yet, "" where all have some.
func (m *Model) unpriced() string {
	for _, l := range m.Layers {
		switch a := l.Attention; {
		case a.Kind == Linear && a.Rule != DeltaRule:
			return a.recurrence() + " has no operator model"
		case a.Cross, a.KVShared, a.KeyIsValue, a.Kind == GQA && a.QRank > 0, a.Kind == NoAttention:
			return a.String() + " has no operator model"
		case l.FFN.None(), l.FFN.Plain, l.FFN.Latent > 0, l.FFN.Identity > 0:
			return l.FFN.String() + " has no operator model"
		}
	}
	if m.PerLayer.Width > 0 {
		return "embeddings for each layer have no operator model"
	}
	return ""
}
