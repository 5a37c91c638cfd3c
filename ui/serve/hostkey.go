package serve

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"fathom/hw"
	"fathom/ui/disk"

	"golang.org/x/crypto/ssh"
)

// hostKey reads the server's own key, or makes one (Ed25519, mode 0600) where the file does not exist yet. A key that
// others can read is no proof of who the server is, so it is refused, as sshd does.
func hostKey(path string) (s ssh.Signer, made bool, err error) {
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		if err := makeHostKey(path); err != nil {
			return nil, false, bad("--host-key %s: a new key cannot be written: %v", path, pathReason(err))
		}
		made = true
	} else if err != nil {
		return nil, false, bad("--host-key %s: %v", path, pathReason(err))
	} else if !info.Mode().IsRegular() {
		return nil, false, bad("--host-key %s: not a file", path)
	} else if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, false, bad("--host-key %s: others can read it (mode %s); use chmod 600", path,
			fmt.Sprintf("%04o", info.Mode().Perm()))
	}
	data, err := hw.ReadInput(path, mostKeys)
	if err != nil {
		return nil, made, bad("--host-key %s: %v", path, pathReason(err))
	}
	s, err = ssh.ParsePrivateKey(data)
	var locked *ssh.PassphraseMissingError
	switch {
	case errors.As(err, &locked):
		return nil, made, bad("--host-key %s: it has a passphrase, and nobody is there to type it; use a key without one",
			path)
	case err != nil:
		return nil, made,
			bad("--host-key %s: not a private key in OpenSSH or PEM format; make one with ssh-keygen -t ed25519", path)
	}
	return s, made, nil
}

// makeHostKey writes a key of which never a half stands there.
func makeHostKey(path string) error {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	block, err := ssh.MarshalPrivateKey(private, "fathom")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return disk.Write(path, pem.EncodeToMemory(block), 0o600)
}
