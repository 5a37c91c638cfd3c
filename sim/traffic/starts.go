package traffic

// starts plays the starts of closed loops beside the one that is played to its end, until the requests of each burst
// have ended. What follows them keeps the loop closed meanwhile.
func (r *run) starts() (advances int, err error) {
	if r.load.Arrival != Closed {
		return 0, nil
	}
	for i := 1; i < r.load.Starts; i++ {
		own := &run{load: r.load, build: r.build, until: r.load.Concurrency, stepwise: r.stepwise}
		own.load.Seed, own.load.Moments = r.load.Seed+uint64(i)<<32, 0
		own.load.Waves = min(r.load.waves(), wavesOfStart)
		own.requests = own.load.draw()
		n, err := own.through()
		if err != nil {
			return advances, err
		}
		advances += n
		r.bursts = append(r.bursts, own.requests[:own.until])
	}
	return advances, nil
}

// wavesOfStart is how many requests a start draws for each in flight: those that end early are followed by others until
// the longest of the burst has ended.
const wavesOfStart = 6
