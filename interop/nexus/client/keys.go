package main

import (
	"bytes"

	"golang.org/x/crypto/nacl/sign"
)

// keys makes the Ed25519 key pair of a seed.
func keys(seed []byte) (*[32]byte, *[64]byte, error) {
	return sign.GenerateKey(bytes.NewReader(seed))
}
