// A nexus router with every way to authenticate that nexus has: nexusd, its own program, can be configured for
// anonymous sessions alone.
package main

import (
	"encoding/hex"
	"errors"
	"flag"
	"log"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/gammazero/nexus/v3/router"
	"github.com/gammazero/nexus/v3/router/auth"

	"golang.org/x/crypto/pbkdf2"

	"crypto/sha256"
	"encoding/base64"
)

const (
	salt       = "salt123"
	iterations = 1000
	keylen     = 32
)

// users holds who may join; the secrets protect nothing.
type users struct{}

func (users) Provider() string { return "static" }

func (users) AuthRole(authid string) (string, error) {
	switch authid {
	case "joe", "plain", "salted", "device":
		return "user", nil
	}
	return "", errors.New("no such user: " + authid)
}

func (users) PasswordInfo(authid string) (string, int, int) {
	if authid == "salted" {
		return salt, keylen, iterations
	}
	return "", 0, 0
}

func (users) AuthKey(authid, method string) ([]byte, error) {
	switch method + " " + authid {
	case "ticket joe":
		return []byte("secret!!!"), nil
	case "wampcra plain":
		return []byte("secret1"), nil
	case "wampcra salted":
		derived := pbkdf2.Key([]byte("secret2"), []byte(salt), iterations, keylen, sha256.New)
		return []byte(base64.StdEncoding.EncodeToString(derived)), nil
	case "cryptosign device":
		return hex.DecodeString("d04ab232742bb4ab3a1368bd4615e4e6d0224ab71a016baf8520a332c9778737")
	}
	return nil, errors.New("no such user: " + authid)
}

func main() {
	address := flag.String("ws", "", "address:port of the WebSocket")
	flag.Parse()

	store := users{}
	nexus, err := router.NewRouter(&router.Config{
		RealmConfigs: []*router.RealmConfig{{
			URI:              "realm1",
			AnonymousAuth:    true,
			AllowDisclose:    true,
			RequireLocalAuth: true,
			Authenticators: []auth.Authenticator{
				auth.NewTicketAuthenticator(store, 5*time.Second),
				auth.NewCRAuthenticator(store, 5*time.Second),
				auth.NewCryptoSignAuthenticator(store, 5*time.Second),
			},
		}},
	}, log.New(os.Stdout, "", log.LstdFlags))
	if err != nil {
		log.Fatal(err)
	}
	server, err := router.NewWebsocketServer(nexus).ListenAndServe(*address)
	if err != nil {
		log.Fatal(err)
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt, syscall.SIGTERM)
	<-stop
	server.Close()
	nexus.Close()
}
