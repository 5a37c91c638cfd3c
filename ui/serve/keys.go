package serve

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"runtime"
	"sync"
	"time"

	"fathom/hw"
	"fathom/hw/message"

	"golang.org/x/crypto/ssh"
)

// mostKeys is more than any team's file of keys is long, in bytes.
const mostKeys = 1 << 20

// key is one line of an authorized_keys file.
type key struct {
	public      ssh.PublicKey
	comment     string
	fingerprint string
	rule        rule
}

// name is how a guest is called in the log and on screens.
func (k *key) name() string {
	if k.comment != "" {
		return k.comment
	}
	return k.fingerprint
}

// parseKeys reads the format of sshd(8), "AUTHORIZED_KEYS FILE FORMAT". A line that cannot be read, or that carries an
// option which this server cannot honour, gives no key and one sentence with its number: to ignore an option would let
// in whom the file keeps out.
func parseKeys(data []byte) (keys []key, problems []string) {
	for i, line := range bytes.Split(data, []byte("\n")) {
		line = bytes.TrimSpace(line)
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		public, comment, options, _, err := ssh.ParseAuthorizedKey(line)
		if err != nil {
			problems = append(problems, fmt.Sprintf("line %d: not a public key", i+1))
			continue
		}
		r, err := parseRule(options)
		if err != nil {
			problems = append(problems, fmt.Sprintf("line %d: %v", i+1, err))
			continue
		}
		keys = append(keys, key{public: public, comment: short(comment), fingerprint: ssh.FingerprintSHA256(public), rule: r})
	}
	return keys, problems
}

// short makes a text from outside fit for one field of a log line.
func short(s string) string {
	const most = 80
	if len(s) > 4*most { // before the work, not after
		s = s[:4*most]
	}
	if r := []rune(hw.Clean(s)); len(r) > most {
		return string(r[:most]) + "..."
	} else {
		return string(r)
	}
}

// keyFile is an authorized_keys file that may change while the server runs: who is struck out of it cannot enter any
// more.
type keyFile struct {
	path string
	warn func(string) // is told the problems of the file's newest version

	mu    sync.Mutex
	stamp string // of the version that was read
	keys  []key
}

// refresh reads the file if it is not the version that was read last. A file that cannot be read any more lets nobody
// in.
func (f *keyFile) refresh() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	info, err := os.Stat(f.path)
	if err != nil {
		f.keys, f.stamp = nil, ""
		return pathReason(err)
	}
	stamp := fmt.Sprint(info.Size(), info.ModTime().UnixNano(), info.Mode())
	if stamp == f.stamp {
		return nil
	}
	f.keys, f.stamp = nil, ""
	data, err := readKeys(f.path, info)
	if err != nil {
		return err
	}
	var problems []string
	f.keys, problems = parseKeys(data)
	f.stamp = stamp
	for _, p := range problems {
		f.warn(p)
	}
	return nil
}

func readKeys(path string, info os.FileInfo) ([]byte, error) {
	if !info.Mode().IsRegular() {
		return nil, message.Fault("guest.no-file")
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o002 != 0 {
		return nil, message.Fault("guest.mode", info.Mode().Perm())
	}
	data, err := hw.ReadInput(path, mostKeys)
	if err != nil {
		err = fmt.Errorf("it %w", err)
	}
	return data, err
}

// find gives the file's line for a key, or why the key may not enter from there now.
func (f *keyFile) find(public ssh.PublicKey, from netip.Addr, now time.Time) (key, error) {
	if err := f.refresh(); err != nil {
		return key{}, fmt.Errorf("the key file cannot be read: %w", err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	err := errors.New("unknown key")
	blob := public.Marshal()
	for _, k := range f.keys {
		if !bytes.Equal(k.public.Marshal(), blob) {
			continue
		}
		if err = k.rule.allows(from, now); err == nil {
			return k, nil
		}
	}
	return key{}, err
}

// named gives a key the name that the file has for it.
func (f *keyFile) named(public ssh.PublicKey) key {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, k := range f.keys {
		if bytes.Equal(k.public.Marshal(), public.Marshal()) {
			return k
		}
	}
	return key{public: public, fingerprint: ssh.FingerprintSHA256(public)}
}

// knows tells whether a key of the file has a comment or a fingerprint.
func (f *keyFile) knows(name string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, k := range f.keys {
		if k.comment == name || k.fingerprint == name {
			return true
		}
	}
	return false
}

func (f *keyFile) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.keys)
}

// pathReason drops operation and path, which the message has already.
func pathReason(err error) error {
	var at *os.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}
