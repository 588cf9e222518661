package vft

import (
	"maps"
	"math/bits"
	"slices"
)

// pageBlocks is the number of blocks whose bits are kept together.
const pageBlocks = 4096

// blockSet is a set of block numbers. It is small for a file of which little is
// there, however long that is.
type blockSet struct {
	pages map[int64]*[pageBlocks / 64]uint64
	count int64
}

func (s *blockSet) has(b int64) bool {
	page := s.pages[b/pageBlocks]
	return page != nil && page[b%pageBlocks/64]&(1<<(b%64)) != 0
}

func (s *blockSet) add(b int64) {
	if s.has(b) {
		return
	}
	if s.pages == nil {
		s.pages = map[int64]*[pageBlocks / 64]uint64{}
	}
	page := s.pages[b/pageBlocks]
	if page == nil {
		page = new([pageBlocks / 64]uint64)
		s.pages[b/pageBlocks] = page
	}
	page[b%pageBlocks/64] |= 1 << (b % 64)
	s.count++
}

func (s *blockSet) remove(b int64) {
	if s.has(b) {
		s.pages[b/pageBlocks][b%pageBlocks/64] &^= 1 << (b % 64)
		s.count--
	}
}

// cut removes the blocks from b on.
func (s *blockSet) cut(b int64) {
	for at, page := range s.pages {
		first := at * pageBlocks
		switch {
		case first >= b:
			s.count -= ones(page)
			delete(s.pages, at)
		case first+pageBlocks > b:
			for i := b; i < first+pageBlocks; i++ {
				s.remove(i)
			}
		}
	}
}

// list returns the blocks in s, in order.
func (s *blockSet) list() []int64 {
	list := make([]int64, 0, s.count)
	for _, at := range slices.Sorted(maps.Keys(s.pages)) {
		for i := range int64(pageBlocks) {
			if s.pages[at][i/64]&(1<<(i%64)) != 0 {
				list = append(list, at*pageBlocks+i)
			}
		}
	}
	return list
}

// within returns how many blocks from from up to to are in s.
func (s *blockSet) within(from, to int64) (n int64) {
	for at, page := range s.pages {
		first := at * pageBlocks
		switch {
		case first >= to || first+pageBlocks <= from:
		case first >= from && first+pageBlocks <= to:
			n += ones(page)
		default:
			for b := max(first, from); b < min(first+pageBlocks, to); b++ {
				if s.has(b) {
					n++
				}
			}
		}
	}
	return n
}

func ones(page *[pageBlocks / 64]uint64) (n int64) {
	for _, word := range page {
		n += int64(bits.OnesCount64(word))
	}
	return n
}
