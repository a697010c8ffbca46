// The client of nexus under our router: what its examples show, in one serializer.
//
// URL and AUTH_URL say where the router is, SERIALIZER which serializer. Each line on stdout is the outcome of a check,
// as clients/report.mjs writes them.
package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"reflect"
	"sync"
	"time"

	"github.com/gammazero/nexus/v3/client"
	"github.com/gammazero/nexus/v3/transport/serialize"
	"github.com/gammazero/nexus/v3/wamp"
	"github.com/gammazero/nexus/v3/wamp/crsign"
	"golang.org/x/crypto/nacl/sign"
)

const within = 20 * time.Second

type line struct {
	Group   string  `json:"group,omitempty"`
	Feature string  `json:"feature,omitempty"`
	OK      bool    `json:"ok"`
	Detail  string  `json:"detail,omitempty"`
	MS      float64 `json:"ms,omitempty"`
}

func say(one any) {
	text, _ := json.Marshal(one)
	fmt.Println(string(text))
}

func check(group, feature string, body func() error) {
	start := time.Now()
	done := make(chan error, 1)
	go func() { done <- body() }()
	var err error
	select {
	case err = <-done:
	case <-time.After(within):
		err = fmt.Errorf("nothing came of it within %v", within)
	}
	outcome := line{Group: group, Feature: feature, OK: err == nil, MS: float64(time.Since(start).Microseconds()) / 1000}
	if err != nil {
		outcome.Detail = err.Error()
	}
	say(outcome)
}

// plain brings numbers of every kind into one form, as nexus leaves them as the serializer found them.
func plain(value any) any {
	if number, ok := wamp.AsFloat64(value); ok {
		if _, isText := value.(string); !isText {
			return number
		}
	}
	if list, ok := wamp.AsList(value); ok {
		all := []any{}
		for _, one := range list {
			all = append(all, plain(one))
		}
		return all
	}
	if dict, ok := wamp.AsDict(value); ok {
		all := map[string]any{}
		for key, one := range dict {
			all[key] = plain(one)
		}
		return all
	}
	return value
}

func same(actual, expected any) error {
	if reflect.DeepEqual(plain(actual), plain(expected)) {
		return nil
	}
	return fmt.Errorf("%#v came instead of %#v", actual, expected)
}

var (
	counter int
	mutex   sync.Mutex
)

func fresh(name string) string {
	mutex.Lock()
	defer mutex.Unlock()
	counter++
	return fmt.Sprintf("foreign.%s.n%d", name, counter)
}

var formats = map[string]serialize.Serialization{
	"json": client.JSON, "msgpack": client.MSGPACK, "cbor": client.CBOR,
}

func open(url string, change func(*client.Config)) (*client.Client, error) {
	config := client.Config{
		Realm:           "realm1",
		ResponseTimeout: within,
		Serialization:   formats[os.Getenv("SERIALIZER")],
		Logger:          log.New(io.Discard, "", 0),
	}
	if change != nil {
		change(&config)
	}
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	return client.ConnectNet(ctx, url, config)
}

func uriOf(err error) wamp.URI {
	var failed client.RPCError
	if errors.As(err, &failed) {
		return failed.Err.Error
	}
	return ""
}

func main() {
	url := os.Getenv("URL")
	one, err := open(url, nil)
	if err != nil {
		log.Fatal(err)
	}
	two, err := open(url, nil)
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	args := wamp.List{
		"text", "žluťoučký kůň 🦊", 0, -1, 1 << 31, -(1 << 40), 1<<53 - 1, 1.5, -0.25, true, false, nil,
		wamp.List{1, wamp.List{2}}, wamp.Dict{"nested": wamp.List{1, "two"}},
	}
	kwargs := wamp.Dict{"name": "fox", "count": 3, "nested": wamp.Dict{"deep": wamp.List{true}}}

	check("session", "joins, and leaves with GOODBYE", func() error {
		session, err := open(url, nil)
		if err != nil {
			return err
		}
		return session.Close()
	})
	check("calls", "arguments of every kind, there and back", func() error {
		result, err := one.Call(ctx, "home.echo", nil, args, kwargs, nil)
		if err != nil {
			return err
		}
		if err := same(result.Arguments, args); err != nil {
			return err
		}
		return same(result.ArgumentsKw, kwargs)
	})
	check("calls", "bytes, there and back", func() error {
		bytes := []byte{0, 1, 127, 128, 255, 0}
		var sent any = bytes
		if os.Getenv("SERIALIZER") == "json" {
			sent = serialize.BinaryData(bytes)
		}
		result, err := one.Call(ctx, "home.echo", nil, wamp.List{sent}, nil, nil)
		if err != nil {
			return err
		}
		got := result.Arguments[0]
		if text, ok := got.(string); ok && os.Getenv("SERIALIZER") == "json" {
			var data serialize.BinaryData
			quoted, _ := json.Marshal(text)
			if err := data.UnmarshalJSON(quoted); err != nil {
				return err
			}
			got = []byte(data)
		}
		if !reflect.DeepEqual(got, bytes) {
			return fmt.Errorf("%#v came back", got)
		}
		return nil
	})
	check("calls", "an error with its URI, args and kwargs", func() error {
		procedure := fresh("fail")
		if err := one.Register(procedure, func(context.Context, *wamp.Invocation) client.InvokeResult {
			return client.InvokeResult{
				Err: "foreign.error.sad", Args: wamp.List{"why"}, Kwargs: wamp.Dict{"code": 42},
			}
		}, nil); err != nil {
			return err
		}
		for _, failing := range []struct {
			procedure string
			args      wamp.List
			uri       wamp.URI
		}{{"home.fail", wamp.List{"home.error.sad"}, "home.error.sad"}, {procedure, nil, "foreign.error.sad"}} {
			_, err := two.Call(ctx, failing.procedure, nil, failing.args, nil, nil)
			var failed client.RPCError
			if !errors.As(err, &failed) {
				return fmt.Errorf("no RPCError: %v", err)
			}
			if err := same(string(failed.Err.Error), string(failing.uri)); err != nil {
				return err
			}
			if err := same(failed.Err.Arguments, wamp.List{"why"}); err != nil {
				return err
			}
			if err := same(failed.Err.ArgumentsKw, wamp.Dict{"code": 42}); err != nil {
				return err
			}
		}
		return nil
	})
	check("calls", "no such procedure", func() error {
		_, err := one.Call(ctx, "foreign.nowhere", nil, nil, nil, nil)
		return same(string(uriOf(err)), "wamp.error.no_such_procedure")
	})
	check("calls", "its procedures, called by our client", func() error {
		procedure := fresh("add")
		if err := one.Register(procedure, func(_ context.Context, call *wamp.Invocation) client.InvokeResult {
			a, _ := wamp.AsInt64(call.Arguments[0])
			b, _ := wamp.AsInt64(call.Arguments[1])
			return client.InvokeResult{Args: wamp.List{a + b}}
		}, nil); err != nil {
			return err
		}
		result, err := two.Call(ctx, "home.call", nil, wamp.List{procedure, wamp.List{2, 3}}, nil, nil)
		if err != nil {
			return err
		}
		return same(result.Arguments[0], wamp.List{5})
	})
	check("calls", "unregister", func() error {
		procedure := fresh("gone")
		handler := func(context.Context, *wamp.Invocation) client.InvokeResult {
			return client.InvokeResult{Args: wamp.List{1}}
		}
		if err := one.Register(procedure, handler, nil); err != nil {
			return err
		}
		if err := one.Unregister(procedure); err != nil {
			return err
		}
		_, err := two.Call(ctx, procedure, nil, nil, nil, nil)
		return same(string(uriOf(err)), "wamp.error.no_such_procedure")
	})
	check("calls", "progressive results, as caller", func() error {
		seen := wamp.List{}
		result, err := one.Call(ctx, "home.count", nil, wamp.List{3}, nil, func(result *wamp.Result) {
			seen = append(seen, result.Arguments...)
		})
		if err != nil {
			return err
		}
		return same(append(seen, result.Arguments...), wamp.List{0, 1, 2})
	})
	check("calls", "progressive results, as callee", func() error {
		procedure := fresh("count")
		if err := one.Register(procedure, func(ctx context.Context, _ *wamp.Invocation) client.InvokeResult {
			for n := range 2 {
				if err := one.SendProgress(ctx, wamp.List{n}, nil); err != nil {
					return client.InvocationCanceled
				}
			}
			return client.InvokeResult{Args: wamp.List{2}}
		}, nil); err != nil {
			return err
		}
		options := wamp.Dict{"progress": true}
		result, err := two.Call(ctx, "home.call", nil, wamp.List{procedure, wamp.List{}, options}, nil, nil)
		if err != nil {
			return err
		}
		return same(result.Arguments[0], wamp.List{0, 1, 2})
	})
	check("calls", "a call that is streamed in", func() error {
		n := 0
		result, err := one.CallProgressive(ctx, "home.sum",
			func(context.Context) (wamp.Dict, wamp.List, wamp.Dict, error) {
				n++
				return wamp.Dict{wamp.OptProgress: n < 3}, wamp.List{n}, nil, nil
			}, nil)
		if err != nil {
			return err
		}
		return same(result.Arguments, wamp.List{6})
	})
	interrupted := func() error {
		result, err := one.Call(ctx, "home.interrupted", nil, nil, nil, nil)
		if err != nil {
			return err
		}
		return same(result.Arguments, wamp.List{true})
	}
	cancel := func(mode string) func() error {
		return func() error {
			if err := one.SetCallCancelMode(mode); err != nil {
				return err
			}
			short, stop := context.WithTimeout(ctx, 100*time.Millisecond)
			defer stop()
			if _, err := one.Call(short, "home.slow", nil, nil, nil, nil); err == nil {
				return errors.New("it went well")
			}
			time.Sleep(50 * time.Millisecond)
			return interrupted()
		}
	}
	check("calls", "cancel, as caller", cancel("killnowait"))
	check("calls", "cancel with kill, as caller", cancel("kill"))
	check("calls", "cancel, as callee: it is interrupted", func() error {
		procedure := fresh("slow")
		ended := make(chan struct{})
		if err := one.Register(procedure, func(ctx context.Context, _ *wamp.Invocation) client.InvokeResult {
			<-ctx.Done()
			close(ended)
			return client.InvocationCanceled
		}, nil); err != nil {
			return err
		}
		if _, err := two.Call(ctx, "home.cancel", nil, wamp.List{procedure}, nil, nil); err != nil {
			return err
		}
		<-ended
		return nil
	})
	check("calls", "a timeout of the router’s", func() error {
		_, err := one.Call(ctx, "home.slow", wamp.Dict{"timeout": 200}, nil, nil, nil)
		return same(string(uriOf(err)), "wamp.error.timeout")
	})
	pattern := func(match, registered, called string) error {
		if err := one.Register(registered, func(_ context.Context, call *wamp.Invocation) client.InvokeResult {
			return client.InvokeResult{Args: wamp.List{call.Details["procedure"]}}
		}, wamp.Dict{"match": match}); err != nil {
			return err
		}
		result, err := two.Call(ctx, called, nil, nil, nil, nil)
		if err != nil {
			return err
		}
		return same(result.Arguments, wamp.List{called})
	}
	check("calls", "registration by prefix", func() error {
		prefix := fresh("prefix")
		return pattern("prefix", prefix+".", prefix+".some.thing")
	})
	check("calls", "registration by wildcard", func() error {
		base := fresh("wild")
		return pattern("wildcard", base+"..end", base+".any.end")
	})
	check("calls", "shared registration, in turn", func() error {
		procedure := fresh("shared")
		for name, session := range map[string]*client.Client{"one": one, "two": two} {
			answer := func(context.Context, *wamp.Invocation) client.InvokeResult {
				return client.InvokeResult{Args: wamp.List{name}}
			}
			if err := session.Register(procedure, answer, wamp.Dict{"invoke": "roundrobin"}); err != nil {
				return err
			}
		}
		seen := map[any]bool{}
		for range 2 {
			result, err := one.Call(ctx, procedure, nil, nil, nil, nil)
			if err != nil {
				return err
			}
			seen[result.Arguments[0]] = true
		}
		return same(len(seen), 2)
	})
	check("calls", "the callee learns who calls", func() error {
		procedure := fresh("who")
		if err := one.Register(procedure, func(_ context.Context, call *wamp.Invocation) client.InvokeResult {
			return client.InvokeResult{Args: wamp.List{call.Details["caller"]}}
		}, nil); err != nil {
			return err
		}
		result, err := two.Call(ctx, procedure, wamp.Dict{"disclose_me": true}, nil, nil, nil)
		if err != nil {
			return err
		}
		id, _ := wamp.AsInt64(result.Arguments[0])
		return same(id, int64(two.ID()))
	})

	type watched struct {
		events chan *wamp.Event
		topic  string
	}
	listen := func(topic string, options wamp.Dict) (watched, error) {
		events := make(chan *wamp.Event, 16)
		return watched{events, topic}, one.SubscribeChan(topic, events, options)
	}
	first := func(all watched) (*wamp.Event, error) {
		select {
		case event := <-all.events:
			return event, nil
		case <-time.After(within):
			return nil, errors.New("no event came")
		}
	}
	publish := func(topic string, options wamp.Dict, args wamp.List, kwargs wamp.Dict) error {
		if options == nil {
			options = wamp.Dict{}
		}
		options["acknowledge"] = true
		return two.Publish(topic, options, args, kwargs)
	}
	check("topics", "arguments of every kind", func() error {
		all, err := listen(fresh("topic"), nil)
		if err != nil {
			return err
		}
		if err := publish(all.topic, nil, args, kwargs); err != nil {
			return err
		}
		event, err := first(all)
		if err != nil {
			return err
		}
		if err := same(event.Arguments, args); err != nil {
			return err
		}
		return same(event.ArgumentsKw, kwargs)
	})
	check("topics", "events of our client", func() error {
		all, err := listen("home.tick", nil)
		if err != nil {
			return err
		}
		if _, err := one.Call(ctx, "home.publish", nil, wamp.List{"home.tick", wamp.List{"from home"}}, nil, nil); err != nil {
			return err
		}
		event, err := first(all)
		if err != nil {
			return err
		}
		return same(event.Arguments, wamp.List{"from home"})
	})
	check("topics", "the publisher hears itself only with exclude_me: false", func() error {
		all, err := listen(fresh("self"), nil)
		if err != nil {
			return err
		}
		if err := one.Publish(all.topic, wamp.Dict{"acknowledge": true}, wamp.List{"not me"}, nil); err != nil {
			return err
		}
		options := wamp.Dict{"acknowledge": true, "exclude_me": false}
		if err := one.Publish(all.topic, options, wamp.List{"me"}, nil); err != nil {
			return err
		}
		event, err := first(all)
		if err != nil {
			return err
		}
		return same(event.Arguments, wamp.List{"me"})
	})
	check("topics", "unsubscribe", func() error {
		all, err := listen(fresh("unsubscribe"), nil)
		if err != nil {
			return err
		}
		if err := one.Unsubscribe(all.topic); err != nil {
			return err
		}
		if err := publish(all.topic, nil, wamp.List{1}, nil); err != nil {
			return err
		}
		time.Sleep(100 * time.Millisecond)
		return same(len(all.events), 0)
	})
	patternEvent := func(match, subscribed, published string) error {
		all, err := listen(subscribed, wamp.Dict{"match": match})
		if err != nil {
			return err
		}
		if err := publish(published, nil, wamp.List{1}, nil); err != nil {
			return err
		}
		event, err := first(all)
		if err != nil {
			return err
		}
		topic, _ := wamp.AsString(event.Details["topic"])
		return same(topic, published)
	}
	check("topics", "subscription by prefix", func() error {
		prefix := fresh("prefix")
		return patternEvent("prefix", prefix+".", prefix+".some.thing")
	})
	check("topics", "subscription by wildcard", func() error {
		base := fresh("wild")
		return patternEvent("wildcard", base+"..end", base+".any.end")
	})
	check("topics", "black- and whitelists", func() error {
		all, err := listen(fresh("lists"), nil)
		if err != nil {
			return err
		}
		for word, options := range map[string]wamp.Dict{
			"excluded":   {"exclude": wamp.List{one.ID()}},
			"for others": {"eligible": wamp.List{two.ID()}},
			"for you":    {"eligible": wamp.List{one.ID()}},
		} {
			if err := publish(all.topic, options, wamp.List{word}, nil); err != nil {
				return err
			}
		}
		event, err := first(all)
		if err != nil {
			return err
		}
		if err := same(event.Arguments, wamp.List{"for you"}); err != nil {
			return err
		}
		return same(len(all.events), 0)
	})
	check("topics", "the subscriber learns who published", func() error {
		all, err := listen(fresh("who"), nil)
		if err != nil {
			return err
		}
		if err := publish(all.topic, wamp.Dict{"disclose_me": true}, wamp.List{1}, nil); err != nil {
			return err
		}
		event, err := first(all)
		if err != nil {
			return err
		}
		id, _ := wamp.AsInt64(event.Details["publisher"])
		return same(id, int64(two.ID()))
	})
	check("meta API", "sessions: count, list, get", func() error {
		result, err := one.Call(ctx, "wamp.session.get", nil, wamp.List{two.ID()}, nil, nil)
		if err != nil {
			return err
		}
		details, _ := wamp.AsDict(result.Arguments[0])
		id, _ := wamp.AsInt64(details["session"])
		return same(id, int64(two.ID()))
	})

	authURL := os.Getenv("AUTH_URL")
	login := func(authid string, method string, answer client.AuthFunc, extra wamp.Dict) func() error {
		return func() error {
			session, err := open(authURL, func(config *client.Config) {
				config.HelloDetails = wamp.Dict{"authid": authid}
				if extra != nil {
					config.HelloDetails["authextra"] = extra
				}
				config.AuthHandlers = map[string]client.AuthFunc{method: answer}
			})
			if err != nil {
				return err
			}
			return session.Close()
		}
	}
	ticket := func(ticket string) client.AuthFunc {
		return func(*wamp.Challenge) (string, wamp.Dict) { return ticket, wamp.Dict{} }
	}
	secret := func(secret string) client.AuthFunc {
		return func(challenge *wamp.Challenge) (string, wamp.Dict) {
			return crsign.RespondChallenge(secret, challenge, nil), wamp.Dict{}
		}
	}
	check("authentication", "anonymous", func() error {
		session, err := open(authURL, func(config *client.Config) {
			config.HelloDetails = wamp.Dict{"authmethods": wamp.List{"anonymous"}}
		})
		if err != nil {
			return err
		}
		return session.Close()
	})
	check("authentication", "ticket", login("joe", "ticket", ticket("secret!!!"), nil))
	check("authentication", "WAMP-CRA", login("plain", "wampcra", secret("secret1"), nil))
	check("authentication", "WAMP-CRA, salted", login("salted", "wampcra", secret("secret2"), nil))
	check("authentication", "cryptosign", func() error {
		seed, _ := hex.DecodeString("1111111111111111111111111111111111111111111111111111111111111111")
		public, private, err := keys(seed)
		if err != nil {
			return err
		}
		answer := func(challenge *wamp.Challenge) (string, wamp.Dict) {
			text, _ := wamp.AsString(challenge.Extra["challenge"])
			message, _ := hex.DecodeString(text)
			return hex.EncodeToString(sign.Sign(nil, message, private)), wamp.Dict{}
		}
		return login("device", "cryptosign", answer, wamp.Dict{"pubkey": hex.EncodeToString(public[:])})()
	})
	check("authentication", "a wrong secret is refused", func() error {
		if login("joe", "ticket", ticket("guess"), nil)() == nil {
			return errors.New("it was let in")
		}
		return nil
	})
}
