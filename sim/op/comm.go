package op

// Collectives carry the bytes that they touch in memory (Read in, Write out) and the message that the formulas of
// simulation-model 5.1 need. Sizes are those of one rank.

// ReduceAll sums equal tensors of all ranks of a group.
func ReduceAll(rows, width, elementBytes float64) Op {
	m := rows * width * elementBytes
	return Op{Kind: AllReduce, Read: m, Write: m, Message: m, Dims: dims(rows, width, 0, 0)}
}

// GatherAll gives every one of n ranks the pieces of all.
func GatherAll(n, rows, width, elementBytes float64) Op {
	m := rows * width * elementBytes
	return Op{Kind: AllGather, Read: m, Write: n * m, Message: m, Dims: dims(rows, width, 0, 0)}
}

// ScatterSum sums tensors of n ranks and leaves each its part.
func ScatterSum(n, rows, width, elementBytes float64) Op {
	m := rows * width * elementBytes
	return Op{Kind: ReduceScatter, Read: m, Write: m / n, Message: m, Dims: dims(rows, width, 0, 0)}
}

// Exchange sends rows to their ranks: in rows here, out rows there, of which travel (the larger of sent and received)
// cross the wire.
func Exchange(in, out, travel, width, elementBytes float64) Op {
	row := width * elementBytes
	return Op{Kind: AllToAll, Read: in * row, Write: out * row, Message: travel * row, Dims: dims(in, width, 0, 0)}
}

// Send moves hidden states to the next pipeline stage. Only the wire is charged.
func Send(rows, width float64) Op {
	return Op{Kind: SendRecv, Message: 2 * rows * width, Dims: dims(rows, width, 0, 0)}
}
