package remote

import (
	"cmp"
	"slices"
)

// course is the way on which somebody goes through the names of a directory: what
// he has asked for, and what he will ask for next.
type course struct {
	orders [2][]string       // as the shadow lists the names, and sorted
	places map[string][2]int // where in these a name is
	bytes  int64             // of all that they stand for
	asked  map[string]bool

	last   [2]int // the place of the last one
	misses int    // that were not fetched before they were asked for
	hits   int    // that were

	along   int // which order he seems to follow
	forward int // 1, -1, or 0 if he follows none
	steps   int // that he has taken in it
	sure    int // how many of them it takes to believe that
	near    int // places: who goes no farther at a time follows an order
	until   int // up to where in that everything was fetched
	many    int // how much is fetched at a time
}

const firstMany, mostMany = 8, 1024

// inOrder is the budget for what is fetched in order only.
const inOrder = -1

func newCourse(names []string, bytes int64, sure, near int) *course {
	c := &course{bytes: bytes, sure: sure, near: near, asked: map[string]bool{},
		places: make(map[string][2]int, len(names)), last: [2]int{-near - 1, -near - 1}}
	c.orders = [2][]string{names, slices.Sorted(slices.Values(names))}
	for order, names := range c.orders {
		for i, name := range names {
			at := c.places[name]
			at[order] = i
			c.places[name] = at
		}
	}
	return c
}

// next notes that name is asked for, which was fetched already if hit is true. It
// returns what is worth being fetched with it: of who follows an order what comes
// next in that, the more the longer he does so; and all, if that is no more than
// budget bytes, for who takes one here and one there.
func (c *course) next(name string, hit bool, budget int64) []string {
	at, known := c.places[name]
	if !known {
		return nil
	}
	c.asked[name] = true
	if hit {
		c.hits++
	} else {
		c.misses++
	}
	c.follow(at)
	c.last = at
	const enough = 3
	switch {
	case c.forward != 0 && c.steps >= c.sure && (c.until-at[c.along])*c.forward <= c.many/2:
		c.many = min(max(4*c.many, firstMany), mostMany)
		return c.take(max(at[c.along]*c.forward, c.until*c.forward)*c.forward, c.many)
	case c.forward == 0 && c.misses >= enough && c.bytes <= budget:
		c.misses = 0
		return c.take(0, len(c.places))
	}
	return nil
}

// follow finds out whether at is where he comes who follows an order.
func (c *course) follow(at [2]int) {
	for order := range c.orders {
		step := at[order] - c.last[order]
		if step == 0 || max(step, -step) > c.near {
			continue
		}
		forward := cmp.Compare(step, 0)
		if c.forward != forward || c.along != order {
			if c.forward != 0 && order != c.along && c.steady(at) {
				return // by chance near in the other order, too
			}
			c.along, c.forward, c.until, c.many, c.steps = order, forward, at[order], 0, 0
		}
		c.steps++
		return
	}
	if c.forward != 0 && !c.steady(at) {
		c.forward = 0
	}
}

// steady reports whether at goes on in the order that is followed.
func (c *course) steady(at [2]int) bool {
	step := (at[c.along] - c.last[c.along]) * c.forward
	return step > 0 && step <= c.near
}

// take returns the next names from a place on that nobody has asked for, and has
// them count as asked for.
func (c *course) take(from, many int) (names []string) {
	order, forward := c.orders[c.along], cmp.Or(c.forward, 1)
	i := from
	for ; i >= 0 && i < len(order) && len(names) < many; i += forward {
		if !c.asked[order[i]] {
			c.asked[order[i]] = true
			names = append(names, order[i])
		}
	}
	c.until = i
	return names
}
