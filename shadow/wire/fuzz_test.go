package wire

import (
	"bytes"
	"reflect"
	"testing"
)

// What can be decoded has to be the same when it is encoded and decoded again.

func FuzzDecodeRequest(f *testing.F) {
	for _, code := range codes() {
		r := Request{Proc: 1, Ops: []Op{filled(code)}}
		head, payload, err := r.Encode(nil)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(head, bytes.Join(payload, nil))
	}
	empty, _, err := (&Request{Ops: []Op{{Code: Write}}}).Encode(nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(empty, []byte{})
	f.Fuzz(func(t *testing.T, head, payload []byte) {
		r, err := DecodeRequest(head, payload)
		if err != nil {
			return
		}
		again, data, err := r.Encode(nil)
		if err != nil {
			t.Fatalf("%+v: %v", r, err)
		}
		r2, err := DecodeRequest(again, append([]byte{}, bytes.Join(data, nil)...)) // never nil
		if err != nil || !reflect.DeepEqual(r, r2) {
			t.Errorf("%+v\n%+v\n%v", r, r2, err)
		}
		r.Repeatable()
	})
}

func FuzzDecodeReply(f *testing.F) {
	for _, code := range codes() {
		head, _, err := (&Reply{[]Result{{Code: Null}, {Code: code}}}).Encode(nil)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(head, 0)
	}
	f.Fuzz(func(t *testing.T, head []byte, payload int) {
		r, err := DecodeReply(head, payload)
		if err != nil {
			return
		}
		total := 0
		for i := range r.Results {
			total += r.Results[i].Size
		}
		if total != payload || len(r.Results) == 0 {
			t.Errorf("%+v", r)
		}
	})
}

func FuzzDecodeDirents(f *testing.F) {
	for _, d := range []Dirent{{Name: "x", HasAttr: true},
		{Name: "l", HasAttr: true, Held: true, Attr: Attr{Type: TypeSymlink}, Link: "y"}} {
		b, err := AppendDirent(nil, &d)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		all, err := DecodeDirents(b)
		if err != nil {
			return
		}
		var again []byte
		for i := range all {
			if again, err = AppendDirent(again, &all[i]); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(again, b) {
			t.Errorf("%x\n%x", b, again)
		}
	})
}

func FuzzDecodePoll(f *testing.F) {
	f.Add(EncodePoll([]PollEntry{{1, 2, 3}, {4, -5, 6}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		if all, err := DecodePoll(b); err == nil && !bytes.Equal(EncodePoll(all), b) {
			t.Errorf("%x: %v", b, all)
		}
		if all, err := DecodeEvents(b, len(b)/2); err == nil && !bytes.Equal(EncodeEvents(all), b) {
			t.Errorf("%x: %v", b, all)
		}
		if all, err := DecodeGathered(b); err == nil && !bytes.Equal(EncodeGathered(all), b) {
			t.Errorf("%x: %v", b, all)
		}
	})
}

func FuzzDecodeNotice(f *testing.F) {
	b, err := AppendChange(nil, &Change{Lease: 1, Name: "x", Attr: Attr{Type: TypeSymlink}, Link: "y"})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		all, err := DecodeNotice(b)
		if err != nil {
			return
		}
		var again []byte
		for i := range all {
			if all[i].All {
				continue
			}
			if again, err = AppendChange(again, &all[i]); err != nil {
				t.Fatal(err)
			}
		}
		if len(all) == 0 || !bytes.Equal(again, b) {
			t.Errorf("%x\n%x", b, again)
		}
	})
}

func FuzzDecodeRecord(f *testing.F) {
	for _, r := range []Record{{Kind: RecordData}, {Kind: RecordConnected, Addr: Address{Family: FamilyInet6}},
		{Kind: RecordConnection, Addr: Address{Family: FamilyUnix, Name: "/x"}, Addr2: Address{Family: FamilyInet}}} {
		head, err := r.Encode()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(head)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := DecodeRecord(b)
		if err != nil {
			return
		}
		if again, err := r.Encode(); err != nil || !bytes.Equal(again, b) {
			t.Errorf("%x\n%x: %v", b, again, err)
		}
	})
}

func FuzzDecodeGreetings(f *testing.F) {
	f.Add((&Hello{}).Encode())
	f.Add(Header{Kind: KindPing}.Append(nil))
	f.Add(Refuse{Why: "x"}.Encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		if h, err := DecodeHello(b); err == nil && !bytes.HasPrefix(b, h.Encode()) {
			t.Errorf("%+v", h)
		}
		if w, err := DecodeWelcome(b); err == nil {
			if e, err := w.Encode(); err != nil || !bytes.HasPrefix(b, e) {
				t.Errorf("%+v: %v", w, err)
			}
		}
		if r, err := DecodeRefuse(b); err == nil && !bytes.Equal(b, r.Encode()) {
			t.Errorf("%+v", r)
		}
		if len(b) >= HeaderSize {
			if h, err := DecodeHeader(b); err == nil && !bytes.HasPrefix(b, h.Append(nil)) {
				t.Errorf("%+v", h)
			}
		}
	})
}
