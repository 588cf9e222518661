// Code generated from structs.txt by go generate. DO NOT EDIT.

package abi

var layout_aio_context = Layout{Name: "aio_context", Kind: KindAioContext, Signed: false, size: [NumArch]int{8, 4, 8}, align: [NumArch]int{8, 4, 8}}

var layout_aio_sigset = Layout{Name: "aio_sigset", Kind: KindStruct, Signed: false, size: [NumArch]int{16, 8, 16}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "sigmask", Kind: KindAddr, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "sigsetsize", Kind: KindSize, Signed: false, Array: false, offset: [NumArch]int{8, 4, 8}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1},
	{0x0, 0x1},
	{0x0, 0x1},
}}

var layout_cachestat = Layout{Name: "cachestat", Kind: KindStruct, Signed: false, size: [NumArch]int{40, 40, 40}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "nr_cache", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "nr_dirty", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "nr_writeback", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{16, 16, 16}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "nr_evicted", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{24, 24, 24}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "nr_recently_evicted", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{32, 32, 32}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3, 0x4},
	{0x0, 0x1, 0x2, 0x3, 0x4},
	{0x0, 0x1, 0x2, 0x3, 0x4},
}}

var layout_cachestat_range = Layout{Name: "cachestat_range", Kind: KindStruct, Signed: false, size: [NumArch]int{16, 16, 16}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "off", Kind: KindOffset, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "len", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1},
	{0x0, 0x1},
	{0x0, 0x1},
}}

var layout_cap_data = Layout{Name: "cap_data", Kind: KindStruct, Signed: false, size: [NumArch]int{12, 12, 12}, align: [NumArch]int{4, 4, 4}, fields: []Field{
	{Name: "effective", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "permitted", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{4, 4, 4}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "inheritable", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2},
	{0x0, 0x1, 0x2},
	{0x0, 0x1, 0x2},
}}

var layout_cap_header = Layout{Name: "cap_header", Kind: KindStruct, Signed: false, size: [NumArch]int{8, 8, 8}, align: [NumArch]int{4, 4, 4}, fields: []Field{
	{Name: "version", Kind: KindFlags, Of: "cap_version", Set: &flagSets[23], Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "pid", Kind: KindPid, Signed: true, Array: false, offset: [NumArch]int{4, 4, 4}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1},
	{0x0, 0x1},
	{0x0, 0x1},
}}

var layout_clone_args = Layout{Name: "clone_args", Kind: KindStruct, Signed: false, size: [NumArch]int{88, 88, 88}, align: [NumArch]int{8, 8, 8}, fields: []Field{
	{Name: "flags", Kind: KindFlags, Of: "clone3", Set: &flagSets[27], Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "pidfd", Kind: KindAddr, Signed: false, Array: false, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "child_tid", Kind: KindAddr, Signed: false, Array: false, offset: [NumArch]int{16, 16, 16}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "parent_tid", Kind: KindAddr, Signed: false, Array: false, offset: [NumArch]int{24, 24, 24}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "exit_signal", Kind: KindSignal, Signed: false, Array: false, offset: [NumArch]int{32, 32, 32}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "stack", Kind: KindAddr, Signed: false, Array: false, offset: [NumArch]int{40, 40, 40}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "stack_size", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{48, 48, 48}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "tls", Kind: KindAddr, Signed: false, Array: false, offset: [NumArch]int{56, 56, 56}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "set_tid", Kind: KindAddr, Signed: false, Array: false, offset: [NumArch]int{64, 64, 64}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "set_tid_size", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{72, 72, 72}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "cgroup", Kind: KindFD, Signed: false, Array: false, offset: [NumArch]int{80, 80, 80}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8, 0x9, 0xa},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8, 0x9, 0xa},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8, 0x9, 0xa},
}}

var layout_cmsghdr = Layout{Name: "cmsghdr", Kind: KindStruct, Signed: false, size: [NumArch]int{16, 12, 16}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "cmsg_len", Kind: KindSize, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "cmsg_level", Kind: KindFlags, Of: "sol", Set: &flagSets[219], Signed: true, Array: false, offset: [NumArch]int{8, 4, 8}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "cmsg_type", Kind: KindInt, Signed: true, Array: false, offset: [NumArch]int{12, 8, 12}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2},
	{0x0, 0x1, 0x2},
	{0x0, 0x1, 0x2},
}}

var layout_epoll_event = Layout{Name: "epoll_event", Kind: KindStruct, Signed: false, size: [NumArch]int{12, 12, 16}, align: [NumArch]int{1, 4, 8}, fields: []Field{
	{Name: "events", Kind: KindFlags, Of: "epoll", Set: &flagSets[34], Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "data", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{4, 4, 8}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1},
	{0x0, 0x1},
	{0x0, 0x1},
}}

var layout_f_owner_ex = Layout{Name: "f_owner_ex", Kind: KindStruct, Signed: false, size: [NumArch]int{8, 8, 8}, align: [NumArch]int{4, 4, 4}, fields: []Field{
	{Name: "type", Kind: KindFlags, Of: "f_owner", Set: &flagSets[39], Signed: true, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "pid", Kind: KindPid, Signed: true, Array: false, offset: [NumArch]int{4, 4, 4}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1},
	{0x0, 0x1},
	{0x0, 0x1},
}}

var layout_fanotify_event_metadata = Layout{Name: "fanotify_event_metadata", Kind: KindStruct, Signed: false, size: [NumArch]int{24, 24, 24}, align: [NumArch]int{8, 8, 8}, fields: []Field{
	{Name: "event_len", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "vers", Kind: KindU8, Signed: false, Array: false, offset: [NumArch]int{4, 4, 4}, size: [NumArch]int{1, 1, 1}, count: [NumArch]int{1, 1, 1}},
	{Name: "metadata_len", Kind: KindU16, Signed: false, Array: false, offset: [NumArch]int{6, 6, 6}, size: [NumArch]int{2, 2, 2}, count: [NumArch]int{1, 1, 1}},
	{Name: "mask", Kind: KindFlags, Of: "fanotify", Set: &flagSets[43], Signed: false, Array: false, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "fd", Kind: KindFD, Signed: true, Array: false, offset: [NumArch]int{16, 16, 16}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "pid", Kind: KindPid, Signed: true, Array: false, offset: [NumArch]int{20, 20, 20}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5},
}}

var layout_fd = Layout{Name: "fd", Kind: KindFD, Signed: true, size: [NumArch]int{4, 4, 4}, align: [NumArch]int{4, 4, 4}}

var layout_fdset = Layout{Name: "fdset", Kind: KindStruct, Signed: false, size: [NumArch]int{128, 128, 128}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "fds_bits", Kind: KindUlong, Signed: false, Array: true, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{128, 128, 128}, count: [NumArch]int{16, 32, 16}},
}, order: [NumArch][]uint8{
	{0x0},
	{0x0},
	{0x0},
}}

var layout_file_attr = Layout{Name: "file_attr", Kind: KindStruct, Signed: false, size: [NumArch]int{24, 24, 24}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "fa_xflags", Kind: KindFlags, Of: "fsxattr", Set: &flagSets[57], Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "fa_extsize", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "fa_nextents", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{12, 12, 12}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "fa_projid", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{16, 16, 16}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "fa_cowextsize", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{20, 20, 20}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3, 0x4},
	{0x0, 0x1, 0x2, 0x3, 0x4},
	{0x0, 0x1, 0x2, 0x3, 0x4},
}}

var layout_file_handle = Layout{Name: "file_handle", Kind: KindStruct, Signed: false, size: [NumArch]int{8, 8, 8}, align: [NumArch]int{4, 4, 4}, fields: []Field{
	{Name: "handle_bytes", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "handle_type", Kind: KindS32, Signed: true, Array: false, offset: [NumArch]int{4, 4, 4}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "f_handle", Kind: KindU8, Signed: false, Array: true, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{0, 0, 0}, count: [NumArch]int{0, 0, 0}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2},
	{0x0, 0x1, 0x2},
	{0x0, 0x1, 0x2},
}}

var layout_flock = Layout{Name: "flock", Kind: KindStruct, Signed: false, size: [NumArch]int{32, 16, 32}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "l_type", Kind: KindFlags, Of: "flock_type", Set: &flagSets[50], Signed: true, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{2, 2, 2}, count: [NumArch]int{1, 1, 1}},
	{Name: "l_whence", Kind: KindFlags, Of: "seek", Set: &flagSets[193], Signed: true, Array: false, offset: [NumArch]int{2, 2, 2}, size: [NumArch]int{2, 2, 2}, count: [NumArch]int{1, 1, 1}},
	{Name: "l_start", Kind: KindOffset, Signed: true, Array: false, offset: [NumArch]int{8, 4, 8}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "l_len", Kind: KindOffset, Signed: true, Array: false, offset: [NumArch]int{16, 8, 16}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "l_pid", Kind: KindPid, Signed: true, Array: false, offset: [NumArch]int{24, 12, 24}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3, 0x4},
	{0x0, 0x1, 0x2, 0x3, 0x4},
	{0x0, 0x1, 0x2, 0x3, 0x4},
}}

var layout_flock64 = Layout{Name: "flock64", Kind: KindStruct, Signed: false, size: [NumArch]int{32, 24, 32}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "l_type", Kind: KindFlags, Of: "flock_type", Set: &flagSets[50], Signed: true, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{2, 2, 2}, count: [NumArch]int{1, 1, 1}},
	{Name: "l_whence", Kind: KindFlags, Of: "seek", Set: &flagSets[193], Signed: true, Array: false, offset: [NumArch]int{2, 2, 2}, size: [NumArch]int{2, 2, 2}, count: [NumArch]int{1, 1, 1}},
	{Name: "l_start", Kind: KindOffset, Signed: true, Array: false, offset: [NumArch]int{8, 4, 8}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "l_len", Kind: KindOffset, Signed: true, Array: false, offset: [NumArch]int{16, 12, 16}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "l_pid", Kind: KindPid, Signed: true, Array: false, offset: [NumArch]int{24, 20, 24}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3, 0x4},
	{0x0, 0x1, 0x2, 0x3, 0x4},
	{0x0, 0x1, 0x2, 0x3, 0x4},
}}

var layout_futex_waitv = Layout{Name: "futex_waitv", Kind: KindStruct, Signed: false, size: [NumArch]int{24, 24, 24}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "val", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "uaddr", Kind: KindAddr, Signed: false, Array: false, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "flags", Kind: KindFlags, Of: "futex_waiter", Set: &flagSets[60], Signed: false, Array: false, offset: [NumArch]int{16, 16, 16}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2},
	{0x0, 0x1, 0x2},
	{0x0, 0x1, 0x2},
}}

var layout_gid = Layout{Name: "gid", Kind: KindGid, Signed: false, size: [NumArch]int{4, 4, 4}, align: [NumArch]int{4, 4, 4}}

var layout_gid16 = Layout{Name: "gid16", Kind: KindGid16, Signed: false, size: [NumArch]int{2, 2, 2}, align: [NumArch]int{2, 2, 2}}

var layout_ifaddrmsg = Layout{Name: "ifaddrmsg", Kind: KindStruct, Signed: false, size: [NumArch]int{8, 8, 8}, align: [NumArch]int{4, 4, 4}, fields: []Field{
	{Name: "ifa_family", Kind: KindFlags, Of: "family", Set: &flagSets[42], Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{1, 1, 1}, count: [NumArch]int{1, 1, 1}},
	{Name: "ifa_prefixlen", Kind: KindU8, Signed: false, Array: false, offset: [NumArch]int{1, 1, 1}, size: [NumArch]int{1, 1, 1}, count: [NumArch]int{1, 1, 1}},
	{Name: "ifa_flags", Kind: KindFlags, Of: "ifa_flags", Set: &flagSets[63], Signed: false, Array: false, offset: [NumArch]int{2, 2, 2}, size: [NumArch]int{1, 1, 1}, count: [NumArch]int{1, 1, 1}},
	{Name: "ifa_scope", Kind: KindFlags, Of: "rt_scope", Set: &flagSets[175], Signed: false, Array: false, offset: [NumArch]int{3, 3, 3}, size: [NumArch]int{1, 1, 1}, count: [NumArch]int{1, 1, 1}},
	{Name: "ifa_index", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{4, 4, 4}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3, 0x4},
	{0x0, 0x1, 0x2, 0x3, 0x4},
	{0x0, 0x1, 0x2, 0x3, 0x4},
}}

var layout_ifconf = Layout{Name: "ifconf", Kind: KindStruct, Signed: false, size: [NumArch]int{16, 8, 16}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "ifc_len", Kind: KindInt, Signed: true, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "ifc_buf", Kind: KindAddr, Signed: false, Array: false, offset: [NumArch]int{8, 4, 8}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1},
	{0x0, 0x1},
	{0x0, 0x1},
}}

var layout_ifinfomsg = Layout{Name: "ifinfomsg", Kind: KindStruct, Signed: false, size: [NumArch]int{16, 16, 16}, align: [NumArch]int{4, 4, 4}, fields: []Field{
	{Name: "ifi_family", Kind: KindFlags, Of: "family", Set: &flagSets[42], Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{1, 1, 1}, count: [NumArch]int{1, 1, 1}},
	{Name: "ifi_type", Kind: KindFlags, Of: "arphrd", Set: &flagSets[3], Signed: false, Array: false, offset: [NumArch]int{2, 2, 2}, size: [NumArch]int{2, 2, 2}, count: [NumArch]int{1, 1, 1}},
	{Name: "ifi_index", Kind: KindInt, Signed: true, Array: false, offset: [NumArch]int{4, 4, 4}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "ifi_flags", Kind: KindFlags, Of: "iff", Set: &flagSets[64], Signed: false, Array: false, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "ifi_change", Kind: KindFlags, Of: "iff", Set: &flagSets[64], Signed: false, Array: false, offset: [NumArch]int{12, 12, 12}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3, 0x4},
	{0x0, 0x1, 0x2, 0x3, 0x4},
	{0x0, 0x1, 0x2, 0x3, 0x4},
}}

var layout_ifmap = Layout{Name: "ifmap", Kind: KindStruct, Signed: false, size: [NumArch]int{24, 16, 24}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "mem_start", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "mem_end", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{8, 4, 8}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "base_addr", Kind: KindU16, Signed: false, Array: false, offset: [NumArch]int{16, 8, 16}, size: [NumArch]int{2, 2, 2}, count: [NumArch]int{1, 1, 1}},
	{Name: "irq", Kind: KindU8, Signed: false, Array: false, offset: [NumArch]int{18, 10, 18}, size: [NumArch]int{1, 1, 1}, count: [NumArch]int{1, 1, 1}},
	{Name: "dma", Kind: KindU8, Signed: false, Array: false, offset: [NumArch]int{19, 11, 19}, size: [NumArch]int{1, 1, 1}, count: [NumArch]int{1, 1, 1}},
	{Name: "port", Kind: KindU8, Signed: false, Array: false, offset: [NumArch]int{20, 12, 20}, size: [NumArch]int{1, 1, 1}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5},
}}

var layout_ifreq = Layout{Name: "ifreq", Kind: KindStruct, Signed: false, size: [NumArch]int{40, 32, 40}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "ifr_name", Kind: KindChars, Signed: false, Array: true, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{16, 16, 16}, count: [NumArch]int{16, 16, 16}},
	{Name: "ifr_addr", Kind: KindStruct, Of: "sockaddr", Layout: &layout_sockaddr, Signed: false, Array: false, offset: [NumArch]int{16, 16, 16}, size: [NumArch]int{16, 16, 16}, count: [NumArch]int{1, 1, 1}},
	{Name: "ifr_flags", Kind: KindFlags, Of: "iff", Set: &flagSets[64], Signed: true, Array: false, offset: [NumArch]int{16, 16, 16}, size: [NumArch]int{2, 2, 2}, count: [NumArch]int{1, 1, 1}},
	{Name: "ifr_ifindex", Kind: KindInt, Signed: true, Array: false, offset: [NumArch]int{16, 16, 16}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "ifr_mtu", Kind: KindInt, Signed: true, Array: false, offset: [NumArch]int{16, 16, 16}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "ifr_newname", Kind: KindChars, Signed: false, Array: true, offset: [NumArch]int{16, 16, 16}, size: [NumArch]int{16, 16, 16}, count: [NumArch]int{16, 16, 16}},
	{Name: "ifr_data", Kind: KindAddr, Signed: false, Array: false, offset: [NumArch]int{16, 16, 16}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "ifr_map", Kind: KindStruct, Of: "ifmap", Layout: &layout_ifmap, Signed: false, Array: false, offset: [NumArch]int{16, 16, 16}, size: [NumArch]int{24, 16, 24}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7},
}}

var layout_inotify_event = Layout{Name: "inotify_event", Kind: KindStruct, Signed: false, size: [NumArch]int{16, 16, 16}, align: [NumArch]int{4, 4, 4}, fields: []Field{
	{Name: "wd", Kind: KindS32, Signed: true, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "mask", Kind: KindFlags, Of: "inotify", Set: &flagSets[65], Signed: false, Array: false, offset: [NumArch]int{4, 4, 4}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "cookie", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "len", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{12, 12, 12}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "name", Kind: KindChars, Signed: false, Array: true, offset: [NumArch]int{16, 16, 16}, size: [NumArch]int{0, 0, 0}, count: [NumArch]int{0, 0, 0}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3, 0x4},
	{0x0, 0x1, 0x2, 0x3, 0x4},
	{0x0, 0x1, 0x2, 0x3, 0x4},
}}

var layout_int = Layout{Name: "int", Kind: KindInt, Signed: true, size: [NumArch]int{4, 4, 4}, align: [NumArch]int{4, 4, 4}}

var layout_io_cqring_offsets = Layout{Name: "io_cqring_offsets", Kind: KindStruct, Signed: false, size: [NumArch]int{40, 40, 40}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "head", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "tail", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{4, 4, 4}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "ring_mask", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "ring_entries", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{12, 12, 12}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "overflow", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{16, 16, 16}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "cqes", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{20, 20, 20}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "flags", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{24, 24, 24}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "user_addr", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{32, 32, 32}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7},
}}

var layout_io_event = Layout{Name: "io_event", Kind: KindStruct, Signed: false, size: [NumArch]int{32, 32, 32}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "data", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "obj", Kind: KindAddr, Signed: false, Array: false, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "res", Kind: KindS64, Signed: true, Array: false, offset: [NumArch]int{16, 16, 16}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "res2", Kind: KindS64, Signed: true, Array: false, offset: [NumArch]int{24, 24, 24}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3},
	{0x0, 0x1, 0x2, 0x3},
	{0x0, 0x1, 0x2, 0x3},
}}

var layout_io_sqring_offsets = Layout{Name: "io_sqring_offsets", Kind: KindStruct, Signed: false, size: [NumArch]int{40, 40, 40}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "head", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "tail", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{4, 4, 4}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "ring_mask", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "ring_entries", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{12, 12, 12}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "flags", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{16, 16, 16}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "dropped", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{20, 20, 20}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "array", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{24, 24, 24}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "user_addr", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{32, 32, 32}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7},
}}

var layout_io_uring_params = Layout{Name: "io_uring_params", Kind: KindStruct, Signed: false, size: [NumArch]int{120, 120, 120}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "sq_entries", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "cq_entries", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{4, 4, 4}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "flags", Kind: KindFlags, Of: "io_uring_setup", Set: &flagSets[70], Signed: false, Array: false, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "sq_thread_cpu", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{12, 12, 12}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "sq_thread_idle", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{16, 16, 16}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "features", Kind: KindFlags, Of: "io_uring_feature", Set: &flagSets[68], Signed: false, Array: false, offset: [NumArch]int{20, 20, 20}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "wq_fd", Kind: KindFD, Signed: false, Array: false, offset: [NumArch]int{24, 24, 24}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "sq_off", Kind: KindStruct, Of: "io_sqring_offsets", Layout: &layout_io_sqring_offsets, Signed: false, Array: false, offset: [NumArch]int{40, 40, 40}, size: [NumArch]int{40, 40, 40}, count: [NumArch]int{1, 1, 1}},
	{Name: "cq_off", Kind: KindStruct, Of: "io_cqring_offsets", Layout: &layout_io_cqring_offsets, Signed: false, Array: false, offset: [NumArch]int{80, 80, 80}, size: [NumArch]int{40, 40, 40}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8},
}}

var layout_iocb = Layout{Name: "iocb", Kind: KindStruct, Signed: false, size: [NumArch]int{64, 64, 64}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "aio_data", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "aio_key", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "aio_rw_flags", Kind: KindFlags, Of: "rwf", Set: &flagSets[181], Signed: false, Array: false, offset: [NumArch]int{12, 12, 12}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "aio_lio_opcode", Kind: KindFlags, Of: "iocb", Set: &flagSets[71], Signed: false, Array: false, offset: [NumArch]int{16, 16, 16}, size: [NumArch]int{2, 2, 2}, count: [NumArch]int{1, 1, 1}},
	{Name: "aio_reqprio", Kind: KindS16, Signed: true, Array: false, offset: [NumArch]int{18, 18, 18}, size: [NumArch]int{2, 2, 2}, count: [NumArch]int{1, 1, 1}},
	{Name: "aio_fildes", Kind: KindFD, Signed: false, Array: false, offset: [NumArch]int{20, 20, 20}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "aio_buf", Kind: KindAddr, Signed: false, Array: false, offset: [NumArch]int{24, 24, 24}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "aio_nbytes", Kind: KindSize, Signed: false, Array: false, offset: [NumArch]int{32, 32, 32}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "aio_offset", Kind: KindOffset, Signed: true, Array: false, offset: [NumArch]int{40, 40, 40}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "aio_reserved2", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{48, 48, 48}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "aio_flags", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{56, 56, 56}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "aio_resfd", Kind: KindFD, Signed: false, Array: false, offset: [NumArch]int{60, 60, 60}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8, 0x9, 0xa, 0xb},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8, 0x9, 0xa, 0xb},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8, 0x9, 0xa, 0xb},
}}

var layout_iovec = Layout{Name: "iovec", Kind: KindStruct, Signed: false, size: [NumArch]int{16, 8, 16}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "iov_base", Kind: KindAddr, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "iov_len", Kind: KindSize, Signed: false, Array: false, offset: [NumArch]int{8, 4, 8}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1},
	{0x0, 0x1},
	{0x0, 0x1},
}}

var layout_iovec_remote = Layout{Name: "iovec_remote", Kind: KindStruct, Signed: false, size: [NumArch]int{16, 8, 16}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "iov_base", Kind: KindAddr, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "iov_len", Kind: KindSize, Signed: false, Array: false, offset: [NumArch]int{8, 4, 8}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1},
	{0x0, 0x1},
	{0x0, 0x1},
}}

var layout_ipc_perm = Layout{Name: "ipc_perm", Kind: KindStruct, Signed: false, size: [NumArch]int{48, 36, 48}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "key", Kind: KindKey, Signed: true, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "uid", Kind: KindUid, Signed: false, Array: false, offset: [NumArch]int{4, 4, 4}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "gid", Kind: KindGid, Signed: false, Array: false, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "cuid", Kind: KindUid, Signed: false, Array: false, offset: [NumArch]int{12, 12, 12}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "cgid", Kind: KindGid, Signed: false, Array: false, offset: [NumArch]int{16, 16, 16}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "mode", Kind: KindMode, Signed: false, Array: false, offset: [NumArch]int{20, 20, 20}, size: [NumArch]int{4, 2, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "seq", Kind: KindU16, Signed: false, Array: false, offset: [NumArch]int{24, 24, 24}, size: [NumArch]int{2, 2, 2}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6},
}}

var layout_itimerspec = Layout{Name: "itimerspec", Kind: KindStruct, Signed: false, size: [NumArch]int{32, 16, 32}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "it_interval", Kind: KindStruct, Of: "timespec", Layout: &layout_timespec, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{16, 8, 16}, count: [NumArch]int{1, 1, 1}},
	{Name: "it_value", Kind: KindStruct, Of: "timespec", Layout: &layout_timespec, Signed: false, Array: false, offset: [NumArch]int{16, 8, 16}, size: [NumArch]int{16, 8, 16}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1},
	{0x0, 0x1},
	{0x0, 0x1},
}}

var layout_itimerspec64 = Layout{Name: "itimerspec64", Kind: KindStruct, Signed: false, size: [NumArch]int{32, 32, 32}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "it_interval", Kind: KindStruct, Of: "timespec64", Layout: &layout_timespec64, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{16, 16, 16}, count: [NumArch]int{1, 1, 1}},
	{Name: "it_value", Kind: KindStruct, Of: "timespec64", Layout: &layout_timespec64, Signed: false, Array: false, offset: [NumArch]int{16, 16, 16}, size: [NumArch]int{16, 16, 16}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1},
	{0x0, 0x1},
	{0x0, 0x1},
}}

var layout_itimerval = Layout{Name: "itimerval", Kind: KindStruct, Signed: false, size: [NumArch]int{32, 16, 32}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "it_interval", Kind: KindStruct, Of: "timeval", Layout: &layout_timeval, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{16, 8, 16}, count: [NumArch]int{1, 1, 1}},
	{Name: "it_value", Kind: KindStruct, Of: "timeval", Layout: &layout_timeval, Signed: false, Array: false, offset: [NumArch]int{16, 8, 16}, size: [NumArch]int{16, 8, 16}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1},
	{0x0, 0x1},
	{0x0, 0x1},
}}

var layout_kcmp_epoll_slot = Layout{Name: "kcmp_epoll_slot", Kind: KindStruct, Signed: false, size: [NumArch]int{12, 12, 12}, align: [NumArch]int{4, 4, 4}, fields: []Field{
	{Name: "efd", Kind: KindFD, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "tfd", Kind: KindFD, Signed: false, Array: false, offset: [NumArch]int{4, 4, 4}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "toff", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2},
	{0x0, 0x1, 0x2},
	{0x0, 0x1, 0x2},
}}

var layout_kexec_segment = Layout{Name: "kexec_segment", Kind: KindStruct, Signed: false, size: [NumArch]int{32, 16, 32}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "buf", Kind: KindAddr, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "bufsz", Kind: KindSize, Signed: false, Array: false, offset: [NumArch]int{8, 4, 8}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "mem", Kind: KindAddr, Signed: false, Array: false, offset: [NumArch]int{16, 8, 16}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "memsz", Kind: KindSize, Signed: false, Array: false, offset: [NumArch]int{24, 12, 24}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3},
	{0x0, 0x1, 0x2, 0x3},
	{0x0, 0x1, 0x2, 0x3},
}}

var layout_landlock_net_port_attr = Layout{Name: "landlock_net_port_attr", Kind: KindStruct, Signed: false, size: [NumArch]int{16, 16, 16}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "allowed_access", Kind: KindFlags, Of: "landlock_net", Set: &flagSets[91], Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "port", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1},
	{0x0, 0x1},
	{0x0, 0x1},
}}

var layout_landlock_path_beneath_attr = Layout{Name: "landlock_path_beneath_attr", Kind: KindStruct, Signed: false, size: [NumArch]int{12, 12, 12}, align: [NumArch]int{1, 1, 1}, fields: []Field{
	{Name: "allowed_access", Kind: KindFlags, Of: "landlock_fs", Set: &flagSets[90], Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "parent_fd", Kind: KindFD, Signed: true, Array: false, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1},
	{0x0, 0x1},
	{0x0, 0x1},
}}

var layout_landlock_ruleset_attr = Layout{Name: "landlock_ruleset_attr", Kind: KindStruct, Signed: false, size: [NumArch]int{24, 24, 24}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "handled_access_fs", Kind: KindFlags, Of: "landlock_fs", Set: &flagSets[90], Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "handled_access_net", Kind: KindFlags, Of: "landlock_net", Set: &flagSets[91], Signed: false, Array: false, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "scoped", Kind: KindFlags, Of: "landlock_scope", Set: &flagSets[94], Signed: false, Array: false, offset: [NumArch]int{16, 16, 16}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2},
	{0x0, 0x1, 0x2},
	{0x0, 0x1, 0x2},
}}

var layout_linger = Layout{Name: "linger", Kind: KindStruct, Signed: false, size: [NumArch]int{8, 8, 8}, align: [NumArch]int{4, 4, 4}, fields: []Field{
	{Name: "l_onoff", Kind: KindInt, Signed: true, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "l_linger", Kind: KindInt, Signed: true, Array: false, offset: [NumArch]int{4, 4, 4}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1},
	{0x0, 0x1},
	{0x0, 0x1},
}}

var layout_linux_dirent = Layout{Name: "linux_dirent", Kind: KindStruct, Signed: false, size: [NumArch]int{24, 12, 24}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "d_ino", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "d_off", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{8, 4, 8}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "d_reclen", Kind: KindU16, Signed: false, Array: false, offset: [NumArch]int{16, 8, 16}, size: [NumArch]int{2, 2, 2}, count: [NumArch]int{1, 1, 1}},
	{Name: "d_name", Kind: KindChars, Signed: false, Array: true, offset: [NumArch]int{18, 10, 18}, size: [NumArch]int{0, 0, 0}, count: [NumArch]int{0, 0, 0}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3},
	{0x0, 0x1, 0x2, 0x3},
	{0x0, 0x1, 0x2, 0x3},
}}

var layout_linux_dirent64 = Layout{Name: "linux_dirent64", Kind: KindStruct, Signed: false, size: [NumArch]int{24, 20, 24}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "d_ino", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "d_off", Kind: KindS64, Signed: true, Array: false, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "d_reclen", Kind: KindU16, Signed: false, Array: false, offset: [NumArch]int{16, 16, 16}, size: [NumArch]int{2, 2, 2}, count: [NumArch]int{1, 1, 1}},
	{Name: "d_type", Kind: KindFlags, Of: "dirent_type", Set: &flagSets[30], Signed: false, Array: false, offset: [NumArch]int{18, 18, 18}, size: [NumArch]int{1, 1, 1}, count: [NumArch]int{1, 1, 1}},
	{Name: "d_name", Kind: KindChars, Signed: false, Array: true, offset: [NumArch]int{19, 19, 19}, size: [NumArch]int{0, 0, 0}, count: [NumArch]int{0, 0, 0}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3, 0x4},
	{0x0, 0x1, 0x2, 0x3, 0x4},
	{0x0, 0x1, 0x2, 0x3, 0x4},
}}

var layout_long = Layout{Name: "long", Kind: KindLong, Signed: true, size: [NumArch]int{8, 4, 8}, align: [NumArch]int{8, 4, 8}}

var layout_mmap_arg_struct = Layout{Name: "mmap_arg_struct", Kind: KindStruct, Signed: false, size: [NumArch]int{0, 24, 0}, align: [NumArch]int{0, 4, 0}, fields: []Field{
	{Name: "addr", Kind: KindAddr, Signed: false, Array: false, offset: [NumArch]int{-1, 0, -1}, size: [NumArch]int{0, 4, 0}, count: [NumArch]int{0, 1, 0}},
	{Name: "len", Kind: KindSize, Signed: false, Array: false, offset: [NumArch]int{-1, 4, -1}, size: [NumArch]int{0, 4, 0}, count: [NumArch]int{0, 1, 0}},
	{Name: "prot", Kind: KindFlags, Of: "prot", Set: &flagSets[164], Signed: false, Array: false, offset: [NumArch]int{-1, 8, -1}, size: [NumArch]int{0, 4, 0}, count: [NumArch]int{0, 1, 0}},
	{Name: "flags", Kind: KindFlags, Of: "mmap", Set: &flagSets[109], Signed: false, Array: false, offset: [NumArch]int{-1, 12, -1}, size: [NumArch]int{0, 4, 0}, count: [NumArch]int{0, 1, 0}},
	{Name: "fd", Kind: KindFD, Signed: false, Array: false, offset: [NumArch]int{-1, 16, -1}, size: [NumArch]int{0, 4, 0}, count: [NumArch]int{0, 1, 0}},
	{Name: "offset", Kind: KindOffset, Signed: false, Array: false, offset: [NumArch]int{-1, 20, -1}, size: [NumArch]int{0, 4, 0}, count: [NumArch]int{0, 1, 0}},
}, order: [NumArch][]uint8{
	{},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5},
	{},
}}

var layout_mmsghdr = Layout{Name: "mmsghdr", Kind: KindStruct, Signed: false, size: [NumArch]int{64, 32, 64}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "msg_hdr", Kind: KindStruct, Of: "msghdr", Layout: &layout_msghdr, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{56, 28, 56}, count: [NumArch]int{1, 1, 1}},
	{Name: "msg_len", Kind: KindBytes, Signed: false, Array: false, offset: [NumArch]int{56, 28, 56}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1},
	{0x0, 0x1},
	{0x0, 0x1},
}}

var layout_mnt_id_req = Layout{Name: "mnt_id_req", Kind: KindStruct, Signed: false, size: [NumArch]int{32, 32, 32}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "size", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "mnt_ns_fd", Kind: KindFD, Signed: false, Array: false, offset: [NumArch]int{4, 4, 4}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "mnt_id", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "param", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{16, 16, 16}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "mnt_ns_id", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{24, 24, 24}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3, 0x4},
	{0x0, 0x1, 0x2, 0x3, 0x4},
	{0x0, 0x1, 0x2, 0x3, 0x4},
}}

var layout_mount_attr = Layout{Name: "mount_attr", Kind: KindStruct, Signed: false, size: [NumArch]int{32, 32, 32}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "attr_set", Kind: KindFlags, Of: "mount_attr", Set: &flagSets[113], Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "attr_clr", Kind: KindFlags, Of: "mount_attr", Set: &flagSets[113], Signed: false, Array: false, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "propagation", Kind: KindFlags, Of: "mount", Set: &flagSets[112], Signed: false, Array: false, offset: [NumArch]int{16, 16, 16}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "userns_fd", Kind: KindFD, Signed: false, Array: false, offset: [NumArch]int{24, 24, 24}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3},
	{0x0, 0x1, 0x2, 0x3},
	{0x0, 0x1, 0x2, 0x3},
}}

var layout_mq_attr = Layout{Name: "mq_attr", Kind: KindStruct, Signed: false, size: [NumArch]int{64, 32, 64}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "mq_flags", Kind: KindFlags, Of: "open", Set: &flagSets[131], Signed: true, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "mq_maxmsg", Kind: KindLong, Signed: true, Array: false, offset: [NumArch]int{8, 4, 8}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "mq_msgsize", Kind: KindLong, Signed: true, Array: false, offset: [NumArch]int{16, 8, 16}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "mq_curmsgs", Kind: KindLong, Signed: true, Array: false, offset: [NumArch]int{24, 12, 24}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3},
	{0x0, 0x1, 0x2, 0x3},
	{0x0, 0x1, 0x2, 0x3},
}}

var layout_msgbuf = Layout{Name: "msgbuf", Kind: KindStruct, Signed: false, size: [NumArch]int{8, 4, 8}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "mtype", Kind: KindLong, Signed: true, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "mtext", Kind: KindChars, Signed: false, Array: true, offset: [NumArch]int{8, 4, 8}, size: [NumArch]int{0, 0, 0}, count: [NumArch]int{0, 0, 0}},
}, order: [NumArch][]uint8{
	{0x0, 0x1},
	{0x0, 0x1},
	{0x0, 0x1},
}}

var layout_msghdr = Layout{Name: "msghdr", Kind: KindStruct, Signed: false, size: [NumArch]int{56, 28, 56}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "msg_name", Kind: KindAddr, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "msg_namelen", Kind: KindInt, Signed: true, Array: false, offset: [NumArch]int{8, 4, 8}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "msg_iov", Kind: KindAddr, Signed: false, Array: false, offset: [NumArch]int{16, 8, 16}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "msg_iovlen", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{24, 12, 24}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "msg_control", Kind: KindAddr, Signed: false, Array: false, offset: [NumArch]int{32, 16, 32}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "msg_controllen", Kind: KindSize, Signed: false, Array: false, offset: [NumArch]int{40, 20, 40}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "msg_flags", Kind: KindFlags, Of: "msg", Set: &flagSets[118], Signed: false, Array: false, offset: [NumArch]int{48, 24, 48}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6},
}}

var layout_msqid_ds = Layout{Name: "msqid_ds", Kind: KindStruct, Signed: false, size: [NumArch]int{120, 88, 120}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "msg_perm", Kind: KindStruct, Of: "ipc_perm", Layout: &layout_ipc_perm, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{48, 36, 48}, count: [NumArch]int{1, 1, 1}},
	{Name: "msg_stime", Kind: KindTime, Signed: true, Array: false, offset: [NumArch]int{48, 36, 48}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "msg_rtime", Kind: KindTime, Signed: true, Array: false, offset: [NumArch]int{56, 44, 56}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "msg_ctime", Kind: KindTime, Signed: true, Array: false, offset: [NumArch]int{64, 52, 64}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "msg_cbytes", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{72, 60, 72}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "msg_qnum", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{80, 64, 80}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "msg_qbytes", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{88, 68, 88}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "msg_lspid", Kind: KindPid, Signed: true, Array: false, offset: [NumArch]int{96, 72, 96}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "msg_lrpid", Kind: KindPid, Signed: true, Array: false, offset: [NumArch]int{100, 76, 100}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "msg_stime_high", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{-1, 40, -1}, size: [NumArch]int{0, 4, 0}, count: [NumArch]int{0, 1, 0}},
	{Name: "msg_rtime_high", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{-1, 48, -1}, size: [NumArch]int{0, 4, 0}, count: [NumArch]int{0, 1, 0}},
	{Name: "msg_ctime_high", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{-1, 56, -1}, size: [NumArch]int{0, 4, 0}, count: [NumArch]int{0, 1, 0}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8},
	{0x0, 0x1, 0x9, 0x2, 0xa, 0x3, 0xb, 0x4, 0x5, 0x6, 0x7, 0x8},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8},
}}

var layout_nlmsghdr = Layout{Name: "nlmsghdr", Kind: KindStruct, Signed: false, size: [NumArch]int{16, 16, 16}, align: [NumArch]int{4, 4, 4}, fields: []Field{
	{Name: "nlmsg_len", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "nlmsg_type", Kind: KindU16, Signed: false, Array: false, offset: [NumArch]int{4, 4, 4}, size: [NumArch]int{2, 2, 2}, count: [NumArch]int{1, 1, 1}},
	{Name: "nlmsg_flags", Kind: KindU16, Signed: false, Array: false, offset: [NumArch]int{6, 6, 6}, size: [NumArch]int{2, 2, 2}, count: [NumArch]int{1, 1, 1}},
	{Name: "nlmsg_seq", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "nlmsg_pid", Kind: KindPid, Signed: false, Array: false, offset: [NumArch]int{12, 12, 12}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3, 0x4},
	{0x0, 0x1, 0x2, 0x3, 0x4},
	{0x0, 0x1, 0x2, 0x3, 0x4},
}}

var layout_ns_id_req = Layout{Name: "ns_id_req", Kind: KindStruct, Signed: false, size: [NumArch]int{32, 32, 32}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "size", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "ns_id", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "ns_type", Kind: KindFlags, Of: "namespace", Set: &flagSets[122], Signed: false, Array: false, offset: [NumArch]int{16, 16, 16}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "user_ns_id", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{24, 24, 24}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3},
	{0x0, 0x1, 0x2, 0x3},
	{0x0, 0x1, 0x2, 0x3},
}}

var layout_old_linux_dirent = Layout{Name: "old_linux_dirent", Kind: KindStruct, Signed: false, size: [NumArch]int{24, 12, 24}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "d_ino", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "d_offset", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{8, 4, 8}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "d_namlen", Kind: KindU16, Signed: false, Array: false, offset: [NumArch]int{16, 8, 16}, size: [NumArch]int{2, 2, 2}, count: [NumArch]int{1, 1, 1}},
	{Name: "d_name", Kind: KindChars, Signed: false, Array: true, offset: [NumArch]int{18, 10, 18}, size: [NumArch]int{1, 1, 1}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3},
	{0x0, 0x1, 0x2, 0x3},
	{0x0, 0x1, 0x2, 0x3},
}}

var layout_old_sigaction = Layout{Name: "old_sigaction", Kind: KindStruct, Signed: false, size: [NumArch]int{0, 16, 0}, align: [NumArch]int{0, 4, 0}, fields: []Field{
	{Name: "sa_handler", Kind: KindAddr, Signed: false, Array: false, offset: [NumArch]int{-1, 0, -1}, size: [NumArch]int{0, 4, 0}, count: [NumArch]int{0, 1, 0}},
	{Name: "sa_mask", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{-1, 4, -1}, size: [NumArch]int{0, 4, 0}, count: [NumArch]int{0, 1, 0}},
	{Name: "sa_flags", Kind: KindFlags, Of: "sigaction", Set: &flagSets[210], Signed: false, Array: false, offset: [NumArch]int{-1, 8, -1}, size: [NumArch]int{0, 4, 0}, count: [NumArch]int{0, 1, 0}},
	{Name: "sa_restorer", Kind: KindAddr, Signed: false, Array: false, offset: [NumArch]int{-1, 12, -1}, size: [NumArch]int{0, 4, 0}, count: [NumArch]int{0, 1, 0}},
}, order: [NumArch][]uint8{
	{},
	{0x0, 0x1, 0x2, 0x3},
	{},
}}

var layout_old_sigset = Layout{Name: "old_sigset", Kind: KindUlong, Signed: false, size: [NumArch]int{8, 4, 8}, align: [NumArch]int{8, 4, 8}}

var layout_old_utsname = Layout{Name: "old_utsname", Kind: KindStruct, Signed: false, size: [NumArch]int{325, 325, 325}, align: [NumArch]int{1, 1, 1}, fields: []Field{
	{Name: "sysname", Kind: KindChars, Signed: false, Array: true, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{65, 65, 65}, count: [NumArch]int{65, 65, 65}},
	{Name: "nodename", Kind: KindChars, Signed: false, Array: true, offset: [NumArch]int{65, 65, 65}, size: [NumArch]int{65, 65, 65}, count: [NumArch]int{65, 65, 65}},
	{Name: "release", Kind: KindChars, Signed: false, Array: true, offset: [NumArch]int{130, 130, 130}, size: [NumArch]int{65, 65, 65}, count: [NumArch]int{65, 65, 65}},
	{Name: "version", Kind: KindChars, Signed: false, Array: true, offset: [NumArch]int{195, 195, 195}, size: [NumArch]int{65, 65, 65}, count: [NumArch]int{65, 65, 65}},
	{Name: "machine", Kind: KindChars, Signed: false, Array: true, offset: [NumArch]int{260, 260, 260}, size: [NumArch]int{65, 65, 65}, count: [NumArch]int{65, 65, 65}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3, 0x4},
	{0x0, 0x1, 0x2, 0x3, 0x4},
	{0x0, 0x1, 0x2, 0x3, 0x4},
}}

var layout_oldold_utsname = Layout{Name: "oldold_utsname", Kind: KindStruct, Signed: false, size: [NumArch]int{45, 45, 45}, align: [NumArch]int{1, 1, 1}, fields: []Field{
	{Name: "sysname", Kind: KindChars, Signed: false, Array: true, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{9, 9, 9}, count: [NumArch]int{9, 9, 9}},
	{Name: "nodename", Kind: KindChars, Signed: false, Array: true, offset: [NumArch]int{9, 9, 9}, size: [NumArch]int{9, 9, 9}, count: [NumArch]int{9, 9, 9}},
	{Name: "release", Kind: KindChars, Signed: false, Array: true, offset: [NumArch]int{18, 18, 18}, size: [NumArch]int{9, 9, 9}, count: [NumArch]int{9, 9, 9}},
	{Name: "version", Kind: KindChars, Signed: false, Array: true, offset: [NumArch]int{27, 27, 27}, size: [NumArch]int{9, 9, 9}, count: [NumArch]int{9, 9, 9}},
	{Name: "machine", Kind: KindChars, Signed: false, Array: true, offset: [NumArch]int{36, 36, 36}, size: [NumArch]int{9, 9, 9}, count: [NumArch]int{9, 9, 9}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3, 0x4},
	{0x0, 0x1, 0x2, 0x3, 0x4},
	{0x0, 0x1, 0x2, 0x3, 0x4},
}}

var layout_oldstat = Layout{Name: "oldstat", Kind: KindStruct, Signed: false, size: [NumArch]int{0, 32, 0}, align: [NumArch]int{0, 4, 0}, fields: []Field{
	{Name: "st_dev", Kind: KindDev, Signed: false, Array: false, offset: [NumArch]int{-1, 0, -1}, size: [NumArch]int{0, 2, 0}, count: [NumArch]int{0, 1, 0}},
	{Name: "st_ino", Kind: KindU16, Signed: false, Array: false, offset: [NumArch]int{-1, 2, -1}, size: [NumArch]int{0, 2, 0}, count: [NumArch]int{0, 1, 0}},
	{Name: "st_mode", Kind: KindMode, Signed: false, Array: false, offset: [NumArch]int{-1, 4, -1}, size: [NumArch]int{0, 2, 0}, count: [NumArch]int{0, 1, 0}},
	{Name: "st_nlink", Kind: KindU16, Signed: false, Array: false, offset: [NumArch]int{-1, 6, -1}, size: [NumArch]int{0, 2, 0}, count: [NumArch]int{0, 1, 0}},
	{Name: "st_uid", Kind: KindUid, Signed: false, Array: false, offset: [NumArch]int{-1, 8, -1}, size: [NumArch]int{0, 2, 0}, count: [NumArch]int{0, 1, 0}},
	{Name: "st_gid", Kind: KindGid, Signed: false, Array: false, offset: [NumArch]int{-1, 10, -1}, size: [NumArch]int{0, 2, 0}, count: [NumArch]int{0, 1, 0}},
	{Name: "st_rdev", Kind: KindDev, Signed: false, Array: false, offset: [NumArch]int{-1, 12, -1}, size: [NumArch]int{0, 2, 0}, count: [NumArch]int{0, 1, 0}},
	{Name: "st_size", Kind: KindOffset, Signed: false, Array: false, offset: [NumArch]int{-1, 16, -1}, size: [NumArch]int{0, 4, 0}, count: [NumArch]int{0, 1, 0}},
	{Name: "st_atime", Kind: KindTime, Signed: false, Array: false, offset: [NumArch]int{-1, 20, -1}, size: [NumArch]int{0, 4, 0}, count: [NumArch]int{0, 1, 0}},
	{Name: "st_mtime", Kind: KindTime, Signed: false, Array: false, offset: [NumArch]int{-1, 24, -1}, size: [NumArch]int{0, 4, 0}, count: [NumArch]int{0, 1, 0}},
	{Name: "st_ctime", Kind: KindTime, Signed: false, Array: false, offset: [NumArch]int{-1, 28, -1}, size: [NumArch]int{0, 4, 0}, count: [NumArch]int{0, 1, 0}},
}, order: [NumArch][]uint8{
	{},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8, 0x9, 0xa},
	{},
}}

var layout_open_how = Layout{Name: "open_how", Kind: KindStruct, Signed: false, size: [NumArch]int{24, 24, 24}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "flags", Kind: KindFlags, Of: "open", Set: &flagSets[131], Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "mode", Kind: KindMode, Signed: false, Array: false, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "resolve", Kind: KindFlags, Of: "resolve", Set: &flagSets[171], Signed: false, Array: false, offset: [NumArch]int{16, 16, 16}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2},
	{0x0, 0x1, 0x2},
	{0x0, 0x1, 0x2},
}}

var layout_perf_event_attr = Layout{Name: "perf_event_attr", Kind: KindStruct, Signed: false, size: [NumArch]int{136, 136, 136}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "type", Kind: KindFlags, Of: "perf_type", Set: &flagSets[142], Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "size", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{4, 4, 4}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "config", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "sample_period", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{16, 16, 16}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "sample_type", Kind: KindFlags, Of: "perf_sample", Set: &flagSets[140], Signed: false, Array: false, offset: [NumArch]int{24, 24, 24}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "read_format", Kind: KindFlags, Of: "perf_format", Set: &flagSets[138], Signed: false, Array: false, offset: [NumArch]int{32, 32, 32}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "flags", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{40, 40, 40}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "wakeup_events", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{48, 48, 48}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "bp_type", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{52, 52, 52}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "config1", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{56, 56, 56}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "config2", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{64, 64, 64}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "branch_sample_type", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{72, 72, 72}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "sample_regs_user", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{80, 80, 80}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "sample_stack_user", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{88, 88, 88}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "clockid", Kind: KindFlags, Of: "clock", Set: &flagSets[24], Signed: true, Array: false, offset: [NumArch]int{92, 92, 92}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "sample_regs_intr", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{96, 96, 96}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "aux_watermark", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{104, 104, 104}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "sample_max_stack", Kind: KindU16, Signed: false, Array: false, offset: [NumArch]int{108, 108, 108}, size: [NumArch]int{2, 2, 2}, count: [NumArch]int{1, 1, 1}},
	{Name: "aux_sample_size", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{112, 112, 112}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "sig_data", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{120, 120, 120}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "config3", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{128, 128, 128}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8, 0x9, 0xa, 0xb, 0xc, 0xd, 0xe, 0xf, 0x10, 0x11, 0x12, 0x13, 0x14},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8, 0x9, 0xa, 0xb, 0xc, 0xd, 0xe, 0xf, 0x10, 0x11, 0x12, 0x13, 0x14},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8, 0x9, 0xa, 0xb, 0xc, 0xd, 0xe, 0xf, 0x10, 0x11, 0x12, 0x13, 0x14},
}}

var layout_pollfd = Layout{Name: "pollfd", Kind: KindStruct, Signed: false, size: [NumArch]int{8, 8, 8}, align: [NumArch]int{4, 4, 4}, fields: []Field{
	{Name: "fd", Kind: KindFD, Signed: true, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "events", Kind: KindFlags, Of: "poll", Set: &flagSets[148], Signed: true, Array: false, offset: [NumArch]int{4, 4, 4}, size: [NumArch]int{2, 2, 2}, count: [NumArch]int{1, 1, 1}},
	{Name: "revents", Kind: KindFlags, Of: "poll", Set: &flagSets[148], Signed: true, Array: false, offset: [NumArch]int{6, 6, 6}, size: [NumArch]int{2, 2, 2}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2},
	{0x0, 0x1, 0x2},
	{0x0, 0x1, 0x2},
}}

var layout_ptr = Layout{Name: "ptr", Kind: KindAddr, Signed: false, size: [NumArch]int{8, 4, 8}, align: [NumArch]int{8, 4, 8}}

var layout_rlimit = Layout{Name: "rlimit", Kind: KindStruct, Signed: false, size: [NumArch]int{16, 8, 16}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "rlim_cur", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "rlim_max", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{8, 4, 8}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1},
	{0x0, 0x1},
	{0x0, 0x1},
}}

var layout_rlimit64 = Layout{Name: "rlimit64", Kind: KindStruct, Signed: false, size: [NumArch]int{16, 16, 16}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "rlim_cur", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "rlim_max", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1},
	{0x0, 0x1},
	{0x0, 0x1},
}}

var layout_robust_list_head = Layout{Name: "robust_list_head", Kind: KindStruct, Signed: false, size: [NumArch]int{24, 12, 24}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "list", Kind: KindAddr, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "futex_offset", Kind: KindLong, Signed: true, Array: false, offset: [NumArch]int{8, 4, 8}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "list_op_pending", Kind: KindAddr, Signed: false, Array: false, offset: [NumArch]int{16, 8, 16}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2},
	{0x0, 0x1, 0x2},
	{0x0, 0x1, 0x2},
}}

var layout_rseq = Layout{Name: "rseq", Kind: KindStruct, Signed: false, size: [NumArch]int{32, 32, 32}, align: [NumArch]int{32, 32, 32}, fields: []Field{
	{Name: "cpu_id_start", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "cpu_id", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{4, 4, 4}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "rseq_cs", Kind: KindAddr, Signed: false, Array: false, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "flags", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{16, 16, 16}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "node_id", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{20, 20, 20}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "mm_cid", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{24, 24, 24}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5},
}}

var layout_rtmsg = Layout{Name: "rtmsg", Kind: KindStruct, Signed: false, size: [NumArch]int{12, 12, 12}, align: [NumArch]int{4, 4, 4}, fields: []Field{
	{Name: "rtm_family", Kind: KindFlags, Of: "family", Set: &flagSets[42], Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{1, 1, 1}, count: [NumArch]int{1, 1, 1}},
	{Name: "rtm_dst_len", Kind: KindU8, Signed: false, Array: false, offset: [NumArch]int{1, 1, 1}, size: [NumArch]int{1, 1, 1}, count: [NumArch]int{1, 1, 1}},
	{Name: "rtm_src_len", Kind: KindU8, Signed: false, Array: false, offset: [NumArch]int{2, 2, 2}, size: [NumArch]int{1, 1, 1}, count: [NumArch]int{1, 1, 1}},
	{Name: "rtm_tos", Kind: KindU8, Signed: false, Array: false, offset: [NumArch]int{3, 3, 3}, size: [NumArch]int{1, 1, 1}, count: [NumArch]int{1, 1, 1}},
	{Name: "rtm_table", Kind: KindFlags, Of: "rt_table", Set: &flagSets[176], Signed: false, Array: false, offset: [NumArch]int{4, 4, 4}, size: [NumArch]int{1, 1, 1}, count: [NumArch]int{1, 1, 1}},
	{Name: "rtm_protocol", Kind: KindFlags, Of: "rt_protocol", Set: &flagSets[174], Signed: false, Array: false, offset: [NumArch]int{5, 5, 5}, size: [NumArch]int{1, 1, 1}, count: [NumArch]int{1, 1, 1}},
	{Name: "rtm_scope", Kind: KindFlags, Of: "rt_scope", Set: &flagSets[175], Signed: false, Array: false, offset: [NumArch]int{6, 6, 6}, size: [NumArch]int{1, 1, 1}, count: [NumArch]int{1, 1, 1}},
	{Name: "rtm_type", Kind: KindFlags, Of: "rt_type", Set: &flagSets[177], Signed: false, Array: false, offset: [NumArch]int{7, 7, 7}, size: [NumArch]int{1, 1, 1}, count: [NumArch]int{1, 1, 1}},
	{Name: "rtm_flags", Kind: KindFlags, Of: "rtm_flags", Set: &flagSets[178], Signed: false, Array: false, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8},
}}

var layout_rusage = Layout{Name: "rusage", Kind: KindStruct, Signed: false, size: [NumArch]int{144, 72, 144}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "ru_utime", Kind: KindStruct, Of: "timeval", Layout: &layout_timeval, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{16, 8, 16}, count: [NumArch]int{1, 1, 1}},
	{Name: "ru_stime", Kind: KindStruct, Of: "timeval", Layout: &layout_timeval, Signed: false, Array: false, offset: [NumArch]int{16, 8, 16}, size: [NumArch]int{16, 8, 16}, count: [NumArch]int{1, 1, 1}},
	{Name: "ru_maxrss", Kind: KindLong, Signed: true, Array: false, offset: [NumArch]int{32, 16, 32}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "ru_ixrss", Kind: KindLong, Signed: true, Array: false, offset: [NumArch]int{40, 20, 40}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "ru_idrss", Kind: KindLong, Signed: true, Array: false, offset: [NumArch]int{48, 24, 48}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "ru_isrss", Kind: KindLong, Signed: true, Array: false, offset: [NumArch]int{56, 28, 56}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "ru_minflt", Kind: KindLong, Signed: true, Array: false, offset: [NumArch]int{64, 32, 64}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "ru_majflt", Kind: KindLong, Signed: true, Array: false, offset: [NumArch]int{72, 36, 72}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "ru_nswap", Kind: KindLong, Signed: true, Array: false, offset: [NumArch]int{80, 40, 80}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "ru_inblock", Kind: KindLong, Signed: true, Array: false, offset: [NumArch]int{88, 44, 88}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "ru_oublock", Kind: KindLong, Signed: true, Array: false, offset: [NumArch]int{96, 48, 96}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "ru_msgsnd", Kind: KindLong, Signed: true, Array: false, offset: [NumArch]int{104, 52, 104}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "ru_msgrcv", Kind: KindLong, Signed: true, Array: false, offset: [NumArch]int{112, 56, 112}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "ru_nsignals", Kind: KindLong, Signed: true, Array: false, offset: [NumArch]int{120, 60, 120}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "ru_nvcsw", Kind: KindLong, Signed: true, Array: false, offset: [NumArch]int{128, 64, 128}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "ru_nivcsw", Kind: KindLong, Signed: true, Array: false, offset: [NumArch]int{136, 68, 136}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8, 0x9, 0xa, 0xb, 0xc, 0xd, 0xe, 0xf},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8, 0x9, 0xa, 0xb, 0xc, 0xd, 0xe, 0xf},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8, 0x9, 0xa, 0xb, 0xc, 0xd, 0xe, 0xf},
}}

var layout_s64 = Layout{Name: "s64", Kind: KindS64, Signed: true, size: [NumArch]int{8, 8, 8}, align: [NumArch]int{8, 4, 8}}

var layout_sched_attr = Layout{Name: "sched_attr", Kind: KindStruct, Signed: false, size: [NumArch]int{56, 56, 56}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "size", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "sched_policy", Kind: KindFlags, Of: "sched", Set: &flagSets[182], Signed: false, Array: false, offset: [NumArch]int{4, 4, 4}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "sched_flags", Kind: KindFlags, Of: "sched_flag", Set: &flagSets[183], Signed: false, Array: false, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "sched_nice", Kind: KindS32, Signed: true, Array: false, offset: [NumArch]int{16, 16, 16}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "sched_priority", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{20, 20, 20}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "sched_runtime", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{24, 24, 24}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "sched_deadline", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{32, 32, 32}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "sched_period", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{40, 40, 40}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "sched_util_min", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{48, 48, 48}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "sched_util_max", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{52, 52, 52}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8, 0x9},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8, 0x9},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8, 0x9},
}}

var layout_sched_param = Layout{Name: "sched_param", Kind: KindStruct, Signed: false, size: [NumArch]int{4, 4, 4}, align: [NumArch]int{4, 4, 4}, fields: []Field{
	{Name: "sched_priority", Kind: KindInt, Signed: true, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0},
	{0x0},
	{0x0},
}}

var layout_seccomp_data = Layout{Name: "seccomp_data", Kind: KindStruct, Signed: false, size: [NumArch]int{64, 64, 64}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "nr", Kind: KindInt, Signed: true, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "arch", Kind: KindFlags, Of: "audit_arch", Set: &flagSets[13], Signed: false, Array: false, offset: [NumArch]int{4, 4, 4}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "instruction_pointer", Kind: KindAddr, Signed: false, Array: false, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "args", Kind: KindU64, Signed: false, Array: true, offset: [NumArch]int{16, 16, 16}, size: [NumArch]int{48, 48, 48}, count: [NumArch]int{6, 6, 6}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3},
	{0x0, 0x1, 0x2, 0x3},
	{0x0, 0x1, 0x2, 0x3},
}}

var layout_seccomp_notif = Layout{Name: "seccomp_notif", Kind: KindStruct, Signed: false, size: [NumArch]int{80, 80, 80}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "id", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "pid", Kind: KindTid, Signed: false, Array: false, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "flags", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{12, 12, 12}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "data", Kind: KindStruct, Of: "seccomp_data", Layout: &layout_seccomp_data, Signed: false, Array: false, offset: [NumArch]int{16, 16, 16}, size: [NumArch]int{64, 64, 64}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3},
	{0x0, 0x1, 0x2, 0x3},
	{0x0, 0x1, 0x2, 0x3},
}}

var layout_seccomp_notif_addfd = Layout{Name: "seccomp_notif_addfd", Kind: KindStruct, Signed: false, size: [NumArch]int{24, 24, 24}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "id", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "flags", Kind: KindFlags, Of: "seccomp_addfd", Set: &flagSets[188], Signed: false, Array: false, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "srcfd", Kind: KindFD, Signed: false, Array: false, offset: [NumArch]int{12, 12, 12}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "newfd", Kind: KindFD, Signed: false, Array: false, offset: [NumArch]int{16, 16, 16}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "newfd_flags", Kind: KindFlags, Of: "open", Set: &flagSets[131], Signed: false, Array: false, offset: [NumArch]int{20, 20, 20}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3, 0x4},
	{0x0, 0x1, 0x2, 0x3, 0x4},
	{0x0, 0x1, 0x2, 0x3, 0x4},
}}

var layout_seccomp_notif_resp = Layout{Name: "seccomp_notif_resp", Kind: KindStruct, Signed: false, size: [NumArch]int{24, 24, 24}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "id", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "val", Kind: KindS64, Signed: true, Array: false, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "error", Kind: KindS32, Signed: true, Array: false, offset: [NumArch]int{16, 16, 16}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "flags", Kind: KindFlags, Of: "seccomp_notif", Set: &flagSets[191], Signed: false, Array: false, offset: [NumArch]int{20, 20, 20}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3},
	{0x0, 0x1, 0x2, 0x3},
	{0x0, 0x1, 0x2, 0x3},
}}

var layout_seccomp_notif_sizes = Layout{Name: "seccomp_notif_sizes", Kind: KindStruct, Signed: false, size: [NumArch]int{6, 6, 6}, align: [NumArch]int{2, 2, 2}, fields: []Field{
	{Name: "seccomp_notif", Kind: KindU16, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{2, 2, 2}, count: [NumArch]int{1, 1, 1}},
	{Name: "seccomp_notif_resp", Kind: KindU16, Signed: false, Array: false, offset: [NumArch]int{2, 2, 2}, size: [NumArch]int{2, 2, 2}, count: [NumArch]int{1, 1, 1}},
	{Name: "seccomp_data", Kind: KindU16, Signed: false, Array: false, offset: [NumArch]int{4, 4, 4}, size: [NumArch]int{2, 2, 2}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2},
	{0x0, 0x1, 0x2},
	{0x0, 0x1, 0x2},
}}

var layout_sel_arg_struct = Layout{Name: "sel_arg_struct", Kind: KindStruct, Signed: false, size: [NumArch]int{0, 20, 0}, align: [NumArch]int{0, 4, 0}, fields: []Field{
	{Name: "n", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{-1, 0, -1}, size: [NumArch]int{0, 4, 0}, count: [NumArch]int{0, 1, 0}},
	{Name: "inp", Kind: KindAddr, Signed: false, Array: false, offset: [NumArch]int{-1, 4, -1}, size: [NumArch]int{0, 4, 0}, count: [NumArch]int{0, 1, 0}},
	{Name: "outp", Kind: KindAddr, Signed: false, Array: false, offset: [NumArch]int{-1, 8, -1}, size: [NumArch]int{0, 4, 0}, count: [NumArch]int{0, 1, 0}},
	{Name: "exp", Kind: KindAddr, Signed: false, Array: false, offset: [NumArch]int{-1, 12, -1}, size: [NumArch]int{0, 4, 0}, count: [NumArch]int{0, 1, 0}},
	{Name: "tvp", Kind: KindAddr, Signed: false, Array: false, offset: [NumArch]int{-1, 16, -1}, size: [NumArch]int{0, 4, 0}, count: [NumArch]int{0, 1, 0}},
}, order: [NumArch][]uint8{
	{},
	{0x0, 0x1, 0x2, 0x3, 0x4},
	{},
}}

var layout_sembuf = Layout{Name: "sembuf", Kind: KindStruct, Signed: false, size: [NumArch]int{6, 6, 6}, align: [NumArch]int{2, 2, 2}, fields: []Field{
	{Name: "sem_num", Kind: KindU16, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{2, 2, 2}, count: [NumArch]int{1, 1, 1}},
	{Name: "sem_op", Kind: KindS16, Signed: true, Array: false, offset: [NumArch]int{2, 2, 2}, size: [NumArch]int{2, 2, 2}, count: [NumArch]int{1, 1, 1}},
	{Name: "sem_flg", Kind: KindFlags, Of: "semop", Set: &flagSets[195], Signed: true, Array: false, offset: [NumArch]int{4, 4, 4}, size: [NumArch]int{2, 2, 2}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2},
	{0x0, 0x1, 0x2},
	{0x0, 0x1, 0x2},
}}

var layout_semid_ds = Layout{Name: "semid_ds", Kind: KindStruct, Signed: false, size: [NumArch]int{104, 64, 88}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "sem_perm", Kind: KindStruct, Of: "ipc_perm", Layout: &layout_ipc_perm, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{48, 36, 48}, count: [NumArch]int{1, 1, 1}},
	{Name: "sem_otime", Kind: KindTime, Signed: true, Array: false, offset: [NumArch]int{48, 36, 48}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "sem_ctime", Kind: KindTime, Signed: true, Array: false, offset: [NumArch]int{64, 44, 56}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "sem_nsems", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{80, 52, 64}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "sem_otime_high", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{-1, 40, -1}, size: [NumArch]int{0, 4, 0}, count: [NumArch]int{0, 1, 0}},
	{Name: "sem_ctime_high", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{-1, 48, -1}, size: [NumArch]int{0, 4, 0}, count: [NumArch]int{0, 1, 0}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3},
	{0x0, 0x1, 0x4, 0x2, 0x5, 0x3},
	{0x0, 0x1, 0x2, 0x3},
}}

var layout_shmid_ds = Layout{Name: "shmid_ds", Kind: KindStruct, Signed: false, size: [NumArch]int{112, 84, 112}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "shm_perm", Kind: KindStruct, Of: "ipc_perm", Layout: &layout_ipc_perm, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{48, 36, 48}, count: [NumArch]int{1, 1, 1}},
	{Name: "shm_segsz", Kind: KindSize, Signed: false, Array: false, offset: [NumArch]int{48, 36, 48}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "shm_atime", Kind: KindTime, Signed: true, Array: false, offset: [NumArch]int{56, 40, 56}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "shm_dtime", Kind: KindTime, Signed: true, Array: false, offset: [NumArch]int{64, 48, 64}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "shm_ctime", Kind: KindTime, Signed: true, Array: false, offset: [NumArch]int{72, 56, 72}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "shm_cpid", Kind: KindPid, Signed: true, Array: false, offset: [NumArch]int{80, 64, 80}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "shm_lpid", Kind: KindPid, Signed: true, Array: false, offset: [NumArch]int{84, 68, 84}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "shm_nattch", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{88, 72, 88}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "shm_atime_high", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{-1, 44, -1}, size: [NumArch]int{0, 4, 0}, count: [NumArch]int{0, 1, 0}},
	{Name: "shm_dtime_high", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{-1, 52, -1}, size: [NumArch]int{0, 4, 0}, count: [NumArch]int{0, 1, 0}},
	{Name: "shm_ctime_high", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{-1, 60, -1}, size: [NumArch]int{0, 4, 0}, count: [NumArch]int{0, 1, 0}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7},
	{0x0, 0x1, 0x2, 0x8, 0x3, 0x9, 0x4, 0xa, 0x5, 0x6, 0x7},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7},
}}

var layout_sigaction = Layout{Name: "sigaction", Kind: KindStruct, Signed: false, size: [NumArch]int{32, 20, 32}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "sa_handler", Kind: KindAddr, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "sa_flags", Kind: KindFlags, Of: "sigaction", Set: &flagSets[210], Signed: false, Array: false, offset: [NumArch]int{8, 4, 8}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "sa_restorer", Kind: KindAddr, Signed: false, Array: false, offset: [NumArch]int{16, 8, 16}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "sa_mask", Kind: KindStruct, Of: "sigset", Layout: &layout_sigset, Signed: false, Array: false, offset: [NumArch]int{24, 12, 24}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3},
	{0x0, 0x1, 0x2, 0x3},
	{0x0, 0x1, 0x2, 0x3},
}}

var layout_sigev_thread = Layout{Name: "sigev_thread", Kind: KindStruct, Signed: false, size: [NumArch]int{16, 8, 16}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "function", Kind: KindAddr, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "attribute", Kind: KindAddr, Signed: false, Array: false, offset: [NumArch]int{8, 4, 8}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1},
	{0x0, 0x1},
	{0x0, 0x1},
}}

var layout_sigevent = Layout{Name: "sigevent", Kind: KindStruct, Signed: false, size: [NumArch]int{64, 64, 64}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "sigev_value", Kind: KindStruct, Of: "sigval", Layout: &layout_sigval, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "sigev_signo", Kind: KindSignal, Signed: true, Array: false, offset: [NumArch]int{8, 4, 8}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "sigev_notify", Kind: KindFlags, Of: "sigev", Set: &flagSets[212], Signed: true, Array: false, offset: [NumArch]int{12, 8, 12}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "sigev_notify_thread_id", Kind: KindTid, Signed: true, Array: false, offset: [NumArch]int{16, 12, 16}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "sigev_thread", Kind: KindStruct, Of: "sigev_thread", Layout: &layout_sigev_thread, Signed: false, Array: false, offset: [NumArch]int{16, 12, 16}, size: [NumArch]int{16, 8, 16}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3, 0x4},
	{0x0, 0x1, 0x2, 0x3, 0x4},
	{0x0, 0x1, 0x2, 0x3, 0x4},
}}

var layout_siginfo = Layout{Name: "siginfo", Kind: KindStruct, Signed: false, size: [NumArch]int{128, 128, 128}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "si_signo", Kind: KindSignal, Signed: true, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "si_errno", Kind: KindInt, Signed: true, Array: false, offset: [NumArch]int{4, 4, 4}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "si_code", Kind: KindInt, Signed: true, Array: false, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "kill", Kind: KindStruct, Of: "siginfo_kill", Layout: &layout_siginfo_kill, Signed: false, Array: false, offset: [NumArch]int{16, 12, 16}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "timer", Kind: KindStruct, Of: "siginfo_timer", Layout: &layout_siginfo_timer, Signed: false, Array: false, offset: [NumArch]int{16, 12, 16}, size: [NumArch]int{24, 16, 24}, count: [NumArch]int{1, 1, 1}},
	{Name: "rt", Kind: KindStruct, Of: "siginfo_rt", Layout: &layout_siginfo_rt, Signed: false, Array: false, offset: [NumArch]int{16, 12, 16}, size: [NumArch]int{16, 12, 16}, count: [NumArch]int{1, 1, 1}},
	{Name: "sigchld", Kind: KindStruct, Of: "siginfo_sigchld", Layout: &layout_siginfo_sigchld, Signed: false, Array: false, offset: [NumArch]int{16, 12, 16}, size: [NumArch]int{32, 20, 32}, count: [NumArch]int{1, 1, 1}},
	{Name: "sigfault", Kind: KindStruct, Of: "siginfo_sigfault", Layout: &layout_siginfo_sigfault, Signed: false, Array: false, offset: [NumArch]int{16, 12, 16}, size: [NumArch]int{32, 16, 32}, count: [NumArch]int{1, 1, 1}},
	{Name: "sigpoll", Kind: KindStruct, Of: "siginfo_sigpoll", Layout: &layout_siginfo_sigpoll, Signed: false, Array: false, offset: [NumArch]int{16, 12, 16}, size: [NumArch]int{16, 8, 16}, count: [NumArch]int{1, 1, 1}},
	{Name: "sigsys", Kind: KindStruct, Of: "siginfo_sigsys", Layout: &layout_siginfo_sigsys, Signed: false, Array: false, offset: [NumArch]int{16, 12, 16}, size: [NumArch]int{16, 12, 16}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8, 0x9},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8, 0x9},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8, 0x9},
}}

var layout_siginfo_bounds = Layout{Name: "siginfo_bounds", Kind: KindStruct, Signed: false, size: [NumArch]int{24, 12, 24}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "lower", Kind: KindAddr, Signed: false, Array: false, offset: [NumArch]int{8, 4, 8}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "upper", Kind: KindAddr, Signed: false, Array: false, offset: [NumArch]int{16, 8, 16}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1},
	{0x0, 0x1},
	{0x0, 0x1},
}}

var layout_siginfo_kill = Layout{Name: "siginfo_kill", Kind: KindStruct, Signed: false, size: [NumArch]int{8, 8, 8}, align: [NumArch]int{4, 4, 4}, fields: []Field{
	{Name: "pid", Kind: KindPid, Signed: true, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "uid", Kind: KindUid, Signed: false, Array: false, offset: [NumArch]int{4, 4, 4}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1},
	{0x0, 0x1},
	{0x0, 0x1},
}}

var layout_siginfo_perf = Layout{Name: "siginfo_perf", Kind: KindStruct, Signed: false, size: [NumArch]int{16, 12, 16}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "data", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "type", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{8, 4, 8}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "flags", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{12, 8, 12}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2},
	{0x0, 0x1, 0x2},
	{0x0, 0x1, 0x2},
}}

var layout_siginfo_pkey = Layout{Name: "siginfo_pkey", Kind: KindStruct, Signed: false, size: [NumArch]int{16, 8, 16}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "pkey", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{8, 4, 8}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0},
	{0x0},
	{0x0},
}}

var layout_siginfo_rt = Layout{Name: "siginfo_rt", Kind: KindStruct, Signed: false, size: [NumArch]int{16, 12, 16}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "pid", Kind: KindPid, Signed: true, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "uid", Kind: KindUid, Signed: false, Array: false, offset: [NumArch]int{4, 4, 4}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "sigval", Kind: KindStruct, Of: "sigval", Layout: &layout_sigval, Signed: false, Array: false, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2},
	{0x0, 0x1, 0x2},
	{0x0, 0x1, 0x2},
}}

var layout_siginfo_sigchld = Layout{Name: "siginfo_sigchld", Kind: KindStruct, Signed: false, size: [NumArch]int{32, 20, 32}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "pid", Kind: KindPid, Signed: true, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "uid", Kind: KindUid, Signed: false, Array: false, offset: [NumArch]int{4, 4, 4}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "status", Kind: KindInt, Signed: true, Array: false, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "utime", Kind: KindClockTicks, Signed: true, Array: false, offset: [NumArch]int{16, 12, 16}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "stime", Kind: KindClockTicks, Signed: true, Array: false, offset: [NumArch]int{24, 16, 24}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3, 0x4},
	{0x0, 0x1, 0x2, 0x3, 0x4},
	{0x0, 0x1, 0x2, 0x3, 0x4},
}}

var layout_siginfo_sigfault = Layout{Name: "siginfo_sigfault", Kind: KindStruct, Signed: false, size: [NumArch]int{32, 16, 32}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "addr", Kind: KindAddr, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "trapno", Kind: KindInt, Signed: true, Array: false, offset: [NumArch]int{8, 4, 8}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "addr_lsb", Kind: KindS16, Signed: true, Array: false, offset: [NumArch]int{8, 4, 8}, size: [NumArch]int{2, 2, 2}, count: [NumArch]int{1, 1, 1}},
	{Name: "bounds", Kind: KindStruct, Of: "siginfo_bounds", Layout: &layout_siginfo_bounds, Signed: false, Array: false, offset: [NumArch]int{8, 4, 8}, size: [NumArch]int{24, 12, 24}, count: [NumArch]int{1, 1, 1}},
	{Name: "pkey", Kind: KindStruct, Of: "siginfo_pkey", Layout: &layout_siginfo_pkey, Signed: false, Array: false, offset: [NumArch]int{8, 4, 8}, size: [NumArch]int{16, 8, 16}, count: [NumArch]int{1, 1, 1}},
	{Name: "perf", Kind: KindStruct, Of: "siginfo_perf", Layout: &layout_siginfo_perf, Signed: false, Array: false, offset: [NumArch]int{8, 4, 8}, size: [NumArch]int{16, 12, 16}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5},
}}

var layout_siginfo_sigpoll = Layout{Name: "siginfo_sigpoll", Kind: KindStruct, Signed: false, size: [NumArch]int{16, 8, 16}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "band", Kind: KindFlags, Of: "poll", Set: &flagSets[148], Signed: true, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "fd", Kind: KindFD, Signed: true, Array: false, offset: [NumArch]int{8, 4, 8}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1},
	{0x0, 0x1},
	{0x0, 0x1},
}}

var layout_siginfo_sigsys = Layout{Name: "siginfo_sigsys", Kind: KindStruct, Signed: false, size: [NumArch]int{16, 12, 16}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "call_addr", Kind: KindAddr, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "syscall", Kind: KindInt, Signed: true, Array: false, offset: [NumArch]int{8, 4, 8}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "arch", Kind: KindFlags, Of: "audit_arch", Set: &flagSets[13], Signed: false, Array: false, offset: [NumArch]int{12, 8, 12}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2},
	{0x0, 0x1, 0x2},
	{0x0, 0x1, 0x2},
}}

var layout_siginfo_timer = Layout{Name: "siginfo_timer", Kind: KindStruct, Signed: false, size: [NumArch]int{24, 16, 24}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "tid", Kind: KindInt, Signed: true, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "overrun", Kind: KindInt, Signed: true, Array: false, offset: [NumArch]int{4, 4, 4}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "sigval", Kind: KindStruct, Of: "sigval", Layout: &layout_sigval, Signed: false, Array: false, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "sys_private", Kind: KindInt, Signed: true, Array: false, offset: [NumArch]int{16, 12, 16}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3},
	{0x0, 0x1, 0x2, 0x3},
	{0x0, 0x1, 0x2, 0x3},
}}

var layout_signalfd_siginfo = Layout{Name: "signalfd_siginfo", Kind: KindStruct, Signed: false, size: [NumArch]int{128, 128, 128}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "ssi_signo", Kind: KindSignal, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "ssi_errno", Kind: KindS32, Signed: true, Array: false, offset: [NumArch]int{4, 4, 4}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "ssi_code", Kind: KindS32, Signed: true, Array: false, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "ssi_pid", Kind: KindPid, Signed: false, Array: false, offset: [NumArch]int{12, 12, 12}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "ssi_uid", Kind: KindUid, Signed: false, Array: false, offset: [NumArch]int{16, 16, 16}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "ssi_fd", Kind: KindFD, Signed: true, Array: false, offset: [NumArch]int{20, 20, 20}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "ssi_tid", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{24, 24, 24}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "ssi_band", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{28, 28, 28}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "ssi_overrun", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{32, 32, 32}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "ssi_trapno", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{36, 36, 36}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "ssi_status", Kind: KindS32, Signed: true, Array: false, offset: [NumArch]int{40, 40, 40}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "ssi_int", Kind: KindS32, Signed: true, Array: false, offset: [NumArch]int{44, 44, 44}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "ssi_ptr", Kind: KindAddr, Signed: false, Array: false, offset: [NumArch]int{48, 48, 48}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "ssi_utime", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{56, 56, 56}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "ssi_stime", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{64, 64, 64}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "ssi_addr", Kind: KindAddr, Signed: false, Array: false, offset: [NumArch]int{72, 72, 72}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "ssi_addr_lsb", Kind: KindU16, Signed: false, Array: false, offset: [NumArch]int{80, 80, 80}, size: [NumArch]int{2, 2, 2}, count: [NumArch]int{1, 1, 1}},
	{Name: "ssi_syscall", Kind: KindS32, Signed: true, Array: false, offset: [NumArch]int{84, 84, 84}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "ssi_call_addr", Kind: KindAddr, Signed: false, Array: false, offset: [NumArch]int{88, 88, 88}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "ssi_arch", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{96, 96, 96}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8, 0x9, 0xa, 0xb, 0xc, 0xd, 0xe, 0xf, 0x10, 0x11, 0x12, 0x13},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8, 0x9, 0xa, 0xb, 0xc, 0xd, 0xe, 0xf, 0x10, 0x11, 0x12, 0x13},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8, 0x9, 0xa, 0xb, 0xc, 0xd, 0xe, 0xf, 0x10, 0x11, 0x12, 0x13},
}}

var layout_sigset = Layout{Name: "sigset", Kind: KindStruct, Signed: false, size: [NumArch]int{8, 8, 8}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "sig", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0},
	{0x0},
	{0x0},
}}

var layout_sigset_argpack = Layout{Name: "sigset_argpack", Kind: KindStruct, Signed: false, size: [NumArch]int{16, 8, 16}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "p", Kind: KindAddr, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "size", Kind: KindSize, Signed: false, Array: false, offset: [NumArch]int{8, 4, 8}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1},
	{0x0, 0x1},
	{0x0, 0x1},
}}

var layout_sigval = Layout{Name: "sigval", Kind: KindStruct, Signed: false, size: [NumArch]int{8, 4, 8}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "sival_int", Kind: KindInt, Signed: true, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "sival_ptr", Kind: KindAddr, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1},
	{0x0, 0x1},
	{0x0, 0x1},
}}

var layout_sock_filter = Layout{Name: "sock_filter", Kind: KindStruct, Signed: false, size: [NumArch]int{8, 8, 8}, align: [NumArch]int{4, 4, 4}, fields: []Field{
	{Name: "code", Kind: KindU16, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{2, 2, 2}, count: [NumArch]int{1, 1, 1}},
	{Name: "jt", Kind: KindU8, Signed: false, Array: false, offset: [NumArch]int{2, 2, 2}, size: [NumArch]int{1, 1, 1}, count: [NumArch]int{1, 1, 1}},
	{Name: "jf", Kind: KindU8, Signed: false, Array: false, offset: [NumArch]int{3, 3, 3}, size: [NumArch]int{1, 1, 1}, count: [NumArch]int{1, 1, 1}},
	{Name: "k", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{4, 4, 4}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3},
	{0x0, 0x1, 0x2, 0x3},
	{0x0, 0x1, 0x2, 0x3},
}}

var layout_sock_fprog = Layout{Name: "sock_fprog", Kind: KindStruct, Signed: false, size: [NumArch]int{16, 8, 16}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "len", Kind: KindU16, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{2, 2, 2}, count: [NumArch]int{1, 1, 1}},
	{Name: "filter", Kind: KindAddr, Signed: false, Array: false, offset: [NumArch]int{8, 4, 8}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1},
	{0x0, 0x1},
	{0x0, 0x1},
}}

var layout_sockaddr = Layout{Name: "sockaddr", Kind: KindStruct, Signed: false, size: [NumArch]int{16, 16, 16}, align: [NumArch]int{2, 2, 2}, fields: []Field{
	{Name: "sa_family", Kind: KindFlags, Of: "family", Set: &flagSets[42], Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{2, 2, 2}, count: [NumArch]int{1, 1, 1}},
	{Name: "sa_data", Kind: KindU8, Signed: false, Array: true, offset: [NumArch]int{2, 2, 2}, size: [NumArch]int{14, 14, 14}, count: [NumArch]int{14, 14, 14}},
}, order: [NumArch][]uint8{
	{0x0, 0x1},
	{0x0, 0x1},
	{0x0, 0x1},
}}

var layout_sockaddr_alg = Layout{Name: "sockaddr_alg", Kind: KindStruct, Signed: false, size: [NumArch]int{88, 88, 88}, align: [NumArch]int{4, 4, 4}, fields: []Field{
	{Name: "salg_family", Kind: KindFlags, Of: "family", Set: &flagSets[42], Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{2, 2, 2}, count: [NumArch]int{1, 1, 1}},
	{Name: "salg_type", Kind: KindChars, Signed: false, Array: true, offset: [NumArch]int{2, 2, 2}, size: [NumArch]int{14, 14, 14}, count: [NumArch]int{14, 14, 14}},
	{Name: "salg_feat", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{16, 16, 16}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "salg_mask", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{20, 20, 20}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "salg_name", Kind: KindChars, Signed: false, Array: true, offset: [NumArch]int{24, 24, 24}, size: [NumArch]int{64, 64, 64}, count: [NumArch]int{64, 64, 64}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3, 0x4},
	{0x0, 0x1, 0x2, 0x3, 0x4},
	{0x0, 0x1, 0x2, 0x3, 0x4},
}}

var layout_sockaddr_in = Layout{Name: "sockaddr_in", Kind: KindStruct, Signed: false, size: [NumArch]int{16, 16, 16}, align: [NumArch]int{4, 4, 4}, fields: []Field{
	{Name: "sin_family", Kind: KindFlags, Of: "family", Set: &flagSets[42], Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{2, 2, 2}, count: [NumArch]int{1, 1, 1}},
	{Name: "sin_port", Kind: KindBE16, Signed: false, Array: false, offset: [NumArch]int{2, 2, 2}, size: [NumArch]int{2, 2, 2}, count: [NumArch]int{1, 1, 1}},
	{Name: "sin_addr", Kind: KindBE32, Signed: false, Array: false, offset: [NumArch]int{4, 4, 4}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2},
	{0x0, 0x1, 0x2},
	{0x0, 0x1, 0x2},
}}

var layout_sockaddr_in6 = Layout{Name: "sockaddr_in6", Kind: KindStruct, Signed: false, size: [NumArch]int{28, 28, 28}, align: [NumArch]int{4, 4, 4}, fields: []Field{
	{Name: "sin6_family", Kind: KindFlags, Of: "family", Set: &flagSets[42], Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{2, 2, 2}, count: [NumArch]int{1, 1, 1}},
	{Name: "sin6_port", Kind: KindBE16, Signed: false, Array: false, offset: [NumArch]int{2, 2, 2}, size: [NumArch]int{2, 2, 2}, count: [NumArch]int{1, 1, 1}},
	{Name: "sin6_flowinfo", Kind: KindBE32, Signed: false, Array: false, offset: [NumArch]int{4, 4, 4}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "sin6_addr", Kind: KindU8, Signed: false, Array: true, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{16, 16, 16}, count: [NumArch]int{16, 16, 16}},
	{Name: "sin6_scope_id", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{24, 24, 24}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3, 0x4},
	{0x0, 0x1, 0x2, 0x3, 0x4},
	{0x0, 0x1, 0x2, 0x3, 0x4},
}}

var layout_sockaddr_ll = Layout{Name: "sockaddr_ll", Kind: KindStruct, Signed: false, size: [NumArch]int{20, 20, 20}, align: [NumArch]int{4, 4, 4}, fields: []Field{
	{Name: "sll_family", Kind: KindFlags, Of: "family", Set: &flagSets[42], Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{2, 2, 2}, count: [NumArch]int{1, 1, 1}},
	{Name: "sll_protocol", Kind: KindBE16, Signed: false, Array: false, offset: [NumArch]int{2, 2, 2}, size: [NumArch]int{2, 2, 2}, count: [NumArch]int{1, 1, 1}},
	{Name: "sll_ifindex", Kind: KindS32, Signed: true, Array: false, offset: [NumArch]int{4, 4, 4}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "sll_hatype", Kind: KindU16, Signed: false, Array: false, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{2, 2, 2}, count: [NumArch]int{1, 1, 1}},
	{Name: "sll_pkttype", Kind: KindU8, Signed: false, Array: false, offset: [NumArch]int{10, 10, 10}, size: [NumArch]int{1, 1, 1}, count: [NumArch]int{1, 1, 1}},
	{Name: "sll_halen", Kind: KindU8, Signed: false, Array: false, offset: [NumArch]int{11, 11, 11}, size: [NumArch]int{1, 1, 1}, count: [NumArch]int{1, 1, 1}},
	{Name: "sll_addr", Kind: KindU8, Signed: false, Array: true, offset: [NumArch]int{12, 12, 12}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{8, 8, 8}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6},
}}

var layout_sockaddr_nl = Layout{Name: "sockaddr_nl", Kind: KindStruct, Signed: false, size: [NumArch]int{12, 12, 12}, align: [NumArch]int{4, 4, 4}, fields: []Field{
	{Name: "nl_family", Kind: KindFlags, Of: "family", Set: &flagSets[42], Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{2, 2, 2}, count: [NumArch]int{1, 1, 1}},
	{Name: "nl_pid", Kind: KindPid, Signed: false, Array: false, offset: [NumArch]int{4, 4, 4}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "nl_groups", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2},
	{0x0, 0x1, 0x2},
	{0x0, 0x1, 0x2},
}}

var layout_sockaddr_un = Layout{Name: "sockaddr_un", Kind: KindStruct, Signed: false, size: [NumArch]int{110, 110, 110}, align: [NumArch]int{2, 2, 2}, fields: []Field{
	{Name: "sun_family", Kind: KindFlags, Of: "family", Set: &flagSets[42], Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{2, 2, 2}, count: [NumArch]int{1, 1, 1}},
	{Name: "sun_path", Kind: KindChars, Signed: false, Array: true, offset: [NumArch]int{2, 2, 2}, size: [NumArch]int{108, 108, 108}, count: [NumArch]int{108, 108, 108}},
}, order: [NumArch][]uint8{
	{0x0, 0x1},
	{0x0, 0x1},
	{0x0, 0x1},
}}

var layout_sockaddr_vm = Layout{Name: "sockaddr_vm", Kind: KindStruct, Signed: false, size: [NumArch]int{16, 16, 16}, align: [NumArch]int{4, 4, 4}, fields: []Field{
	{Name: "svm_family", Kind: KindFlags, Of: "family", Set: &flagSets[42], Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{2, 2, 2}, count: [NumArch]int{1, 1, 1}},
	{Name: "svm_port", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{4, 4, 4}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "svm_cid", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "svm_flags", Kind: KindU8, Signed: false, Array: false, offset: [NumArch]int{12, 12, 12}, size: [NumArch]int{1, 1, 1}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3},
	{0x0, 0x1, 0x2, 0x3},
	{0x0, 0x1, 0x2, 0x3},
}}

var layout_stack = Layout{Name: "stack", Kind: KindStruct, Signed: false, size: [NumArch]int{24, 12, 24}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "ss_sp", Kind: KindAddr, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "ss_flags", Kind: KindFlags, Of: "sigaltstack", Set: &flagSets[211], Signed: true, Array: false, offset: [NumArch]int{8, 4, 8}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "ss_size", Kind: KindSize, Signed: false, Array: false, offset: [NumArch]int{16, 8, 16}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2},
	{0x0, 0x1, 0x2},
	{0x0, 0x1, 0x2},
}}

var layout_stat = Layout{Name: "stat", Kind: KindStruct, Signed: false, size: [NumArch]int{144, 64, 128}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "st_dev", Kind: KindDev, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "st_ino", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{8, 4, 8}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "st_nlink", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{16, 10, 20}, size: [NumArch]int{8, 2, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "st_mode", Kind: KindMode, Signed: false, Array: false, offset: [NumArch]int{24, 8, 16}, size: [NumArch]int{4, 2, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "st_uid", Kind: KindUid, Signed: false, Array: false, offset: [NumArch]int{28, 12, 24}, size: [NumArch]int{4, 2, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "st_gid", Kind: KindGid, Signed: false, Array: false, offset: [NumArch]int{32, 14, 28}, size: [NumArch]int{4, 2, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "st_rdev", Kind: KindDev, Signed: false, Array: false, offset: [NumArch]int{40, 16, 32}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "st_size", Kind: KindOffset, Signed: true, Array: false, offset: [NumArch]int{48, 20, 48}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "st_blksize", Kind: KindLong, Signed: true, Array: false, offset: [NumArch]int{56, 24, 56}, size: [NumArch]int{8, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "st_blocks", Kind: KindLong, Signed: true, Array: false, offset: [NumArch]int{64, 28, 64}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "st_atime", Kind: KindTime, Signed: false, Array: false, offset: [NumArch]int{72, 32, 72}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "st_atime_nsec", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{80, 36, 80}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "st_mtime", Kind: KindTime, Signed: false, Array: false, offset: [NumArch]int{88, 40, 88}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "st_mtime_nsec", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{96, 44, 96}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "st_ctime", Kind: KindTime, Signed: false, Array: false, offset: [NumArch]int{104, 48, 104}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "st_ctime_nsec", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{112, 52, 112}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8, 0x9, 0xa, 0xb, 0xc, 0xd, 0xe, 0xf},
	{0x0, 0x1, 0x3, 0x2, 0x4, 0x5, 0x6, 0x7, 0x8, 0x9, 0xa, 0xb, 0xc, 0xd, 0xe, 0xf},
	{0x0, 0x1, 0x3, 0x2, 0x4, 0x5, 0x6, 0x7, 0x8, 0x9, 0xa, 0xb, 0xc, 0xd, 0xe, 0xf},
}}

var layout_stat64 = Layout{Name: "stat64", Kind: KindStruct, Signed: false, size: [NumArch]int{0, 96, 0}, align: [NumArch]int{0, 4, 0}, fields: []Field{
	{Name: "st_dev", Kind: KindDev, Signed: false, Array: false, offset: [NumArch]int{-1, 0, -1}, size: [NumArch]int{0, 8, 0}, count: [NumArch]int{0, 1, 0}},
	{Name: "__st_ino", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{-1, 12, -1}, size: [NumArch]int{0, 4, 0}, count: [NumArch]int{0, 1, 0}},
	{Name: "st_mode", Kind: KindMode, Signed: false, Array: false, offset: [NumArch]int{-1, 16, -1}, size: [NumArch]int{0, 4, 0}, count: [NumArch]int{0, 1, 0}},
	{Name: "st_nlink", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{-1, 20, -1}, size: [NumArch]int{0, 4, 0}, count: [NumArch]int{0, 1, 0}},
	{Name: "st_uid", Kind: KindUid, Signed: false, Array: false, offset: [NumArch]int{-1, 24, -1}, size: [NumArch]int{0, 4, 0}, count: [NumArch]int{0, 1, 0}},
	{Name: "st_gid", Kind: KindGid, Signed: false, Array: false, offset: [NumArch]int{-1, 28, -1}, size: [NumArch]int{0, 4, 0}, count: [NumArch]int{0, 1, 0}},
	{Name: "st_rdev", Kind: KindDev, Signed: false, Array: false, offset: [NumArch]int{-1, 32, -1}, size: [NumArch]int{0, 8, 0}, count: [NumArch]int{0, 1, 0}},
	{Name: "st_size", Kind: KindOffset, Signed: true, Array: false, offset: [NumArch]int{-1, 44, -1}, size: [NumArch]int{0, 8, 0}, count: [NumArch]int{0, 1, 0}},
	{Name: "st_blksize", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{-1, 52, -1}, size: [NumArch]int{0, 4, 0}, count: [NumArch]int{0, 1, 0}},
	{Name: "st_blocks", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{-1, 56, -1}, size: [NumArch]int{0, 8, 0}, count: [NumArch]int{0, 1, 0}},
	{Name: "st_atime", Kind: KindTime, Signed: false, Array: false, offset: [NumArch]int{-1, 64, -1}, size: [NumArch]int{0, 4, 0}, count: [NumArch]int{0, 1, 0}},
	{Name: "st_atime_nsec", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{-1, 68, -1}, size: [NumArch]int{0, 4, 0}, count: [NumArch]int{0, 1, 0}},
	{Name: "st_mtime", Kind: KindTime, Signed: false, Array: false, offset: [NumArch]int{-1, 72, -1}, size: [NumArch]int{0, 4, 0}, count: [NumArch]int{0, 1, 0}},
	{Name: "st_mtime_nsec", Kind: KindUint, Signed: false, Array: false, offset: [NumArch]int{-1, 76, -1}, size: [NumArch]int{0, 4, 0}, count: [NumArch]int{0, 1, 0}},
	{Name: "st_ctime", Kind: KindTime, Signed: false, Array: false, offset: [NumArch]int{-1, 80, -1}, size: [NumArch]int{0, 4, 0}, count: [NumArch]int{0, 1, 0}},
	{Name: "st_ctime_nsec", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{-1, 84, -1}, size: [NumArch]int{0, 4, 0}, count: [NumArch]int{0, 1, 0}},
	{Name: "st_ino", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{-1, 88, -1}, size: [NumArch]int{0, 8, 0}, count: [NumArch]int{0, 1, 0}},
}, order: [NumArch][]uint8{
	{},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8, 0x9, 0xa, 0xb, 0xc, 0xd, 0xe, 0xf, 0x10},
	{},
}}

var layout_statfs = Layout{Name: "statfs", Kind: KindStruct, Signed: false, size: [NumArch]int{120, 64, 120}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "f_type", Kind: KindFlags, Of: "fs_magic", Set: &flagSets[52], Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "f_bsize", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{8, 4, 8}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "f_blocks", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{16, 8, 16}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "f_bfree", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{24, 12, 24}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "f_bavail", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{32, 16, 32}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "f_files", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{40, 20, 40}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "f_ffree", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{48, 24, 48}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "f_fsid", Kind: KindInt, Signed: true, Array: true, offset: [NumArch]int{56, 28, 56}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{2, 2, 2}},
	{Name: "f_namelen", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{64, 36, 64}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "f_frsize", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{72, 40, 72}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "f_flags", Kind: KindFlags, Of: "statfs", Set: &flagSets[221], Signed: false, Array: false, offset: [NumArch]int{80, 44, 80}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8, 0x9, 0xa},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8, 0x9, 0xa},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8, 0x9, 0xa},
}}

var layout_statfs64 = Layout{Name: "statfs64", Kind: KindStruct, Signed: false, size: [NumArch]int{120, 84, 120}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "f_type", Kind: KindFlags, Of: "fs_magic", Set: &flagSets[52], Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "f_bsize", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{8, 4, 8}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "f_blocks", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{16, 8, 16}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "f_bfree", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{24, 16, 24}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "f_bavail", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{32, 24, 32}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "f_files", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{40, 32, 40}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "f_ffree", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{48, 40, 48}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "f_fsid", Kind: KindInt, Signed: true, Array: true, offset: [NumArch]int{56, 48, 56}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{2, 2, 2}},
	{Name: "f_namelen", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{64, 56, 64}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "f_frsize", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{72, 60, 72}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "f_flags", Kind: KindFlags, Of: "statfs", Set: &flagSets[221], Signed: false, Array: false, offset: [NumArch]int{80, 64, 80}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8, 0x9, 0xa},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8, 0x9, 0xa},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8, 0x9, 0xa},
}}

var layout_statx = Layout{Name: "statx", Kind: KindStruct, Signed: false, size: [NumArch]int{256, 256, 256}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "stx_mask", Kind: KindFlags, Of: "statx", Set: &flagSets[222], Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "stx_blksize", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{4, 4, 4}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "stx_attributes", Kind: KindFlags, Of: "statx_attr", Set: &flagSets[223], Signed: false, Array: false, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "stx_nlink", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{16, 16, 16}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "stx_uid", Kind: KindUid, Signed: false, Array: false, offset: [NumArch]int{20, 20, 20}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "stx_gid", Kind: KindGid, Signed: false, Array: false, offset: [NumArch]int{24, 24, 24}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "stx_mode", Kind: KindMode, Signed: false, Array: false, offset: [NumArch]int{28, 28, 28}, size: [NumArch]int{2, 2, 2}, count: [NumArch]int{1, 1, 1}},
	{Name: "stx_ino", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{32, 32, 32}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "stx_size", Kind: KindOffset, Signed: false, Array: false, offset: [NumArch]int{40, 40, 40}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "stx_blocks", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{48, 48, 48}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "stx_attributes_mask", Kind: KindFlags, Of: "statx_attr", Set: &flagSets[223], Signed: false, Array: false, offset: [NumArch]int{56, 56, 56}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "stx_atime", Kind: KindStruct, Of: "statx_timestamp", Layout: &layout_statx_timestamp, Signed: false, Array: false, offset: [NumArch]int{64, 64, 64}, size: [NumArch]int{16, 16, 16}, count: [NumArch]int{1, 1, 1}},
	{Name: "stx_btime", Kind: KindStruct, Of: "statx_timestamp", Layout: &layout_statx_timestamp, Signed: false, Array: false, offset: [NumArch]int{80, 80, 80}, size: [NumArch]int{16, 16, 16}, count: [NumArch]int{1, 1, 1}},
	{Name: "stx_ctime", Kind: KindStruct, Of: "statx_timestamp", Layout: &layout_statx_timestamp, Signed: false, Array: false, offset: [NumArch]int{96, 96, 96}, size: [NumArch]int{16, 16, 16}, count: [NumArch]int{1, 1, 1}},
	{Name: "stx_mtime", Kind: KindStruct, Of: "statx_timestamp", Layout: &layout_statx_timestamp, Signed: false, Array: false, offset: [NumArch]int{112, 112, 112}, size: [NumArch]int{16, 16, 16}, count: [NumArch]int{1, 1, 1}},
	{Name: "stx_rdev_major", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{128, 128, 128}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "stx_rdev_minor", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{132, 132, 132}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "stx_dev_major", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{136, 136, 136}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "stx_dev_minor", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{140, 140, 140}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "stx_mnt_id", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{144, 144, 144}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "stx_dio_mem_align", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{152, 152, 152}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "stx_dio_offset_align", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{156, 156, 156}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "stx_subvol", Kind: KindU64, Signed: false, Array: false, offset: [NumArch]int{160, 160, 160}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "stx_atomic_write_unit_min", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{168, 168, 168}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "stx_atomic_write_unit_max", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{172, 172, 172}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "stx_atomic_write_segments_max", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{176, 176, 176}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "stx_dio_read_offset_align", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{180, 180, 180}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "stx_atomic_write_unit_max_opt", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{184, 184, 184}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8, 0x9, 0xa, 0xb, 0xc, 0xd, 0xe, 0xf, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x1b},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8, 0x9, 0xa, 0xb, 0xc, 0xd, 0xe, 0xf, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x1b},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8, 0x9, 0xa, 0xb, 0xc, 0xd, 0xe, 0xf, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x1b},
}}

var layout_statx_timestamp = Layout{Name: "statx_timestamp", Kind: KindStruct, Signed: false, size: [NumArch]int{16, 16, 16}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "tv_sec", Kind: KindTime, Signed: true, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "tv_nsec", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1},
	{0x0, 0x1},
	{0x0, 0x1},
}}

var layout_sysinfo = Layout{Name: "sysinfo", Kind: KindStruct, Signed: false, size: [NumArch]int{112, 64, 112}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "uptime", Kind: KindTime, Signed: true, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "loads", Kind: KindUlong, Signed: false, Array: true, offset: [NumArch]int{8, 4, 8}, size: [NumArch]int{24, 12, 24}, count: [NumArch]int{3, 3, 3}},
	{Name: "totalram", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{32, 16, 32}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "freeram", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{40, 20, 40}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "sharedram", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{48, 24, 48}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "bufferram", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{56, 28, 56}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "totalswap", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{64, 32, 64}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "freeswap", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{72, 36, 72}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "procs", Kind: KindU16, Signed: false, Array: false, offset: [NumArch]int{80, 40, 80}, size: [NumArch]int{2, 2, 2}, count: [NumArch]int{1, 1, 1}},
	{Name: "totalhigh", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{88, 44, 88}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "freehigh", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{96, 48, 96}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "mem_unit", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{104, 52, 104}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8, 0x9, 0xa, 0xb},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8, 0x9, 0xa, 0xb},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8, 0x9, 0xa, 0xb},
}}

var layout_termios = Layout{Name: "termios", Kind: KindStruct, Signed: false, size: [NumArch]int{36, 36, 36}, align: [NumArch]int{4, 4, 4}, fields: []Field{
	{Name: "c_iflag", Kind: KindFlags, Of: "c_iflag", Set: &flagSets[19], Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "c_oflag", Kind: KindFlags, Of: "c_oflag", Set: &flagSets[21], Signed: false, Array: false, offset: [NumArch]int{4, 4, 4}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "c_cflag", Kind: KindFlags, Of: "c_cflag", Set: &flagSets[18], Signed: false, Array: false, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "c_lflag", Kind: KindFlags, Of: "c_lflag", Set: &flagSets[20], Signed: false, Array: false, offset: [NumArch]int{12, 12, 12}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "c_line", Kind: KindU8, Signed: false, Array: false, offset: [NumArch]int{16, 16, 16}, size: [NumArch]int{1, 1, 1}, count: [NumArch]int{1, 1, 1}},
	{Name: "c_cc", Kind: KindU8, Signed: false, Array: true, offset: [NumArch]int{17, 17, 17}, size: [NumArch]int{19, 19, 19}, count: [NumArch]int{19, 19, 19}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5},
}}

var layout_termios2 = Layout{Name: "termios2", Kind: KindStruct, Signed: false, size: [NumArch]int{44, 44, 44}, align: [NumArch]int{4, 4, 4}, fields: []Field{
	{Name: "c_iflag", Kind: KindFlags, Of: "c_iflag", Set: &flagSets[19], Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "c_oflag", Kind: KindFlags, Of: "c_oflag", Set: &flagSets[21], Signed: false, Array: false, offset: [NumArch]int{4, 4, 4}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "c_cflag", Kind: KindFlags, Of: "c_cflag", Set: &flagSets[18], Signed: false, Array: false, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "c_lflag", Kind: KindFlags, Of: "c_lflag", Set: &flagSets[20], Signed: false, Array: false, offset: [NumArch]int{12, 12, 12}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "c_line", Kind: KindU8, Signed: false, Array: false, offset: [NumArch]int{16, 16, 16}, size: [NumArch]int{1, 1, 1}, count: [NumArch]int{1, 1, 1}},
	{Name: "c_cc", Kind: KindU8, Signed: false, Array: true, offset: [NumArch]int{17, 17, 17}, size: [NumArch]int{19, 19, 19}, count: [NumArch]int{19, 19, 19}},
	{Name: "c_ispeed", Kind: KindUint, Signed: false, Array: false, offset: [NumArch]int{36, 36, 36}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "c_ospeed", Kind: KindUint, Signed: false, Array: false, offset: [NumArch]int{40, 40, 40}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7},
}}

var layout_timespec = Layout{Name: "timespec", Kind: KindStruct, Signed: false, size: [NumArch]int{16, 8, 16}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "tv_sec", Kind: KindTime, Signed: true, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "tv_nsec", Kind: KindLong, Signed: true, Array: false, offset: [NumArch]int{8, 4, 8}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1},
	{0x0, 0x1},
	{0x0, 0x1},
}}

var layout_timespec64 = Layout{Name: "timespec64", Kind: KindStruct, Signed: false, size: [NumArch]int{16, 16, 16}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "tv_sec", Kind: KindTime, Signed: true, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "tv_nsec", Kind: KindS64, Signed: true, Array: false, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1},
	{0x0, 0x1},
	{0x0, 0x1},
}}

var layout_timeval = Layout{Name: "timeval", Kind: KindStruct, Signed: false, size: [NumArch]int{16, 8, 16}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "tv_sec", Kind: KindTime, Signed: true, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "tv_usec", Kind: KindLong, Signed: true, Array: false, offset: [NumArch]int{8, 4, 8}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1},
	{0x0, 0x1},
	{0x0, 0x1},
}}

var layout_timeval64 = Layout{Name: "timeval64", Kind: KindStruct, Signed: false, size: [NumArch]int{16, 16, 16}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "tv_sec", Kind: KindTime, Signed: true, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "tv_usec", Kind: KindS64, Signed: true, Array: false, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1},
	{0x0, 0x1},
	{0x0, 0x1},
}}

var layout_timex = Layout{Name: "timex", Kind: KindStruct, Signed: false, size: [NumArch]int{208, 128, 208}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "modes", Kind: KindFlags, Of: "adjtimex", Set: &flagSets[1], Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "offset", Kind: KindLong, Signed: true, Array: false, offset: [NumArch]int{8, 4, 8}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "freq", Kind: KindLong, Signed: true, Array: false, offset: [NumArch]int{16, 8, 16}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "maxerror", Kind: KindLong, Signed: true, Array: false, offset: [NumArch]int{24, 12, 24}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "esterror", Kind: KindLong, Signed: true, Array: false, offset: [NumArch]int{32, 16, 32}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "status", Kind: KindFlags, Of: "timex_status", Set: &flagSets[234], Signed: true, Array: false, offset: [NumArch]int{40, 20, 40}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "constant", Kind: KindLong, Signed: true, Array: false, offset: [NumArch]int{48, 24, 48}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "precision", Kind: KindLong, Signed: true, Array: false, offset: [NumArch]int{56, 28, 56}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "tolerance", Kind: KindLong, Signed: true, Array: false, offset: [NumArch]int{64, 32, 64}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "time", Kind: KindStruct, Of: "timeval", Layout: &layout_timeval, Signed: false, Array: false, offset: [NumArch]int{72, 36, 72}, size: [NumArch]int{16, 8, 16}, count: [NumArch]int{1, 1, 1}},
	{Name: "tick", Kind: KindLong, Signed: true, Array: false, offset: [NumArch]int{88, 44, 88}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "ppsfreq", Kind: KindLong, Signed: true, Array: false, offset: [NumArch]int{96, 48, 96}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "jitter", Kind: KindLong, Signed: true, Array: false, offset: [NumArch]int{104, 52, 104}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "shift", Kind: KindInt, Signed: true, Array: false, offset: [NumArch]int{112, 56, 112}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "stabil", Kind: KindLong, Signed: true, Array: false, offset: [NumArch]int{120, 60, 120}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "jitcnt", Kind: KindLong, Signed: true, Array: false, offset: [NumArch]int{128, 64, 128}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "calcnt", Kind: KindLong, Signed: true, Array: false, offset: [NumArch]int{136, 68, 136}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "errcnt", Kind: KindLong, Signed: true, Array: false, offset: [NumArch]int{144, 72, 144}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "stbcnt", Kind: KindLong, Signed: true, Array: false, offset: [NumArch]int{152, 76, 152}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "tai", Kind: KindInt, Signed: true, Array: false, offset: [NumArch]int{160, 80, 160}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8, 0x9, 0xa, 0xb, 0xc, 0xd, 0xe, 0xf, 0x10, 0x11, 0x12, 0x13},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8, 0x9, 0xa, 0xb, 0xc, 0xd, 0xe, 0xf, 0x10, 0x11, 0x12, 0x13},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8, 0x9, 0xa, 0xb, 0xc, 0xd, 0xe, 0xf, 0x10, 0x11, 0x12, 0x13},
}}

var layout_timex64 = Layout{Name: "timex64", Kind: KindStruct, Signed: false, size: [NumArch]int{208, 208, 208}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "modes", Kind: KindFlags, Of: "adjtimex", Set: &flagSets[1], Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "offset", Kind: KindS64, Signed: true, Array: false, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "freq", Kind: KindS64, Signed: true, Array: false, offset: [NumArch]int{16, 16, 16}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "maxerror", Kind: KindS64, Signed: true, Array: false, offset: [NumArch]int{24, 24, 24}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "esterror", Kind: KindS64, Signed: true, Array: false, offset: [NumArch]int{32, 32, 32}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "status", Kind: KindFlags, Of: "timex_status", Set: &flagSets[234], Signed: true, Array: false, offset: [NumArch]int{40, 40, 40}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "constant", Kind: KindS64, Signed: true, Array: false, offset: [NumArch]int{48, 48, 48}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "precision", Kind: KindS64, Signed: true, Array: false, offset: [NumArch]int{56, 56, 56}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "tolerance", Kind: KindS64, Signed: true, Array: false, offset: [NumArch]int{64, 64, 64}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "time", Kind: KindStruct, Of: "timeval64", Layout: &layout_timeval64, Signed: false, Array: false, offset: [NumArch]int{72, 72, 72}, size: [NumArch]int{16, 16, 16}, count: [NumArch]int{1, 1, 1}},
	{Name: "tick", Kind: KindS64, Signed: true, Array: false, offset: [NumArch]int{88, 88, 88}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "ppsfreq", Kind: KindS64, Signed: true, Array: false, offset: [NumArch]int{96, 96, 96}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "jitter", Kind: KindS64, Signed: true, Array: false, offset: [NumArch]int{104, 104, 104}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "shift", Kind: KindInt, Signed: true, Array: false, offset: [NumArch]int{112, 112, 112}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "stabil", Kind: KindS64, Signed: true, Array: false, offset: [NumArch]int{120, 120, 120}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "jitcnt", Kind: KindS64, Signed: true, Array: false, offset: [NumArch]int{128, 128, 128}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "calcnt", Kind: KindS64, Signed: true, Array: false, offset: [NumArch]int{136, 136, 136}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "errcnt", Kind: KindS64, Signed: true, Array: false, offset: [NumArch]int{144, 144, 144}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "stbcnt", Kind: KindS64, Signed: true, Array: false, offset: [NumArch]int{152, 152, 152}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "tai", Kind: KindInt, Signed: true, Array: false, offset: [NumArch]int{160, 160, 160}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8, 0x9, 0xa, 0xb, 0xc, 0xd, 0xe, 0xf, 0x10, 0x11, 0x12, 0x13},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8, 0x9, 0xa, 0xb, 0xc, 0xd, 0xe, 0xf, 0x10, 0x11, 0x12, 0x13},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7, 0x8, 0x9, 0xa, 0xb, 0xc, 0xd, 0xe, 0xf, 0x10, 0x11, 0x12, 0x13},
}}

var layout_timezone = Layout{Name: "timezone", Kind: KindStruct, Signed: false, size: [NumArch]int{8, 8, 8}, align: [NumArch]int{4, 4, 4}, fields: []Field{
	{Name: "tz_minuteswest", Kind: KindInt, Signed: true, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "tz_dsttime", Kind: KindInt, Signed: true, Array: false, offset: [NumArch]int{4, 4, 4}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1},
	{0x0, 0x1},
	{0x0, 0x1},
}}

var layout_tms = Layout{Name: "tms", Kind: KindStruct, Signed: false, size: [NumArch]int{32, 16, 32}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "tms_utime", Kind: KindClockTicks, Signed: true, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "tms_stime", Kind: KindClockTicks, Signed: true, Array: false, offset: [NumArch]int{8, 4, 8}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "tms_cutime", Kind: KindClockTicks, Signed: true, Array: false, offset: [NumArch]int{16, 8, 16}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "tms_cstime", Kind: KindClockTicks, Signed: true, Array: false, offset: [NumArch]int{24, 12, 24}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3},
	{0x0, 0x1, 0x2, 0x3},
	{0x0, 0x1, 0x2, 0x3},
}}

var layout_u16 = Layout{Name: "u16", Kind: KindU16, Signed: false, size: [NumArch]int{2, 2, 2}, align: [NumArch]int{2, 2, 2}}

var layout_u32 = Layout{Name: "u32", Kind: KindU32, Signed: false, size: [NumArch]int{4, 4, 4}, align: [NumArch]int{4, 4, 4}}

var layout_u64 = Layout{Name: "u64", Kind: KindU64, Signed: false, size: [NumArch]int{8, 8, 8}, align: [NumArch]int{8, 4, 8}}

var layout_ucred = Layout{Name: "ucred", Kind: KindStruct, Signed: false, size: [NumArch]int{12, 12, 12}, align: [NumArch]int{4, 4, 4}, fields: []Field{
	{Name: "pid", Kind: KindPid, Signed: true, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "uid", Kind: KindUid, Signed: false, Array: false, offset: [NumArch]int{4, 4, 4}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "gid", Kind: KindGid, Signed: false, Array: false, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2},
	{0x0, 0x1, 0x2},
	{0x0, 0x1, 0x2},
}}

var layout_uid = Layout{Name: "uid", Kind: KindUid, Signed: false, size: [NumArch]int{4, 4, 4}, align: [NumArch]int{4, 4, 4}}

var layout_uid16 = Layout{Name: "uid16", Kind: KindUid16, Signed: false, size: [NumArch]int{2, 2, 2}, align: [NumArch]int{2, 2, 2}}

var layout_uint = Layout{Name: "uint", Kind: KindUint, Signed: false, size: [NumArch]int{4, 4, 4}, align: [NumArch]int{4, 4, 4}}

var layout_ulong = Layout{Name: "ulong", Kind: KindUlong, Signed: false, size: [NumArch]int{8, 4, 8}, align: [NumArch]int{8, 4, 8}}

var layout_user_desc = Layout{Name: "user_desc", Kind: KindStruct, Signed: false, size: [NumArch]int{16, 16, 0}, align: [NumArch]int{4, 4, 0}, fields: []Field{
	{Name: "entry_number", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{0, 0, -1}, size: [NumArch]int{4, 4, 0}, count: [NumArch]int{1, 1, 0}},
	{Name: "base_addr", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{4, 4, -1}, size: [NumArch]int{4, 4, 0}, count: [NumArch]int{1, 1, 0}},
	{Name: "limit", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{8, 8, -1}, size: [NumArch]int{4, 4, 0}, count: [NumArch]int{1, 1, 0}},
	{Name: "flags", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{12, 12, -1}, size: [NumArch]int{4, 4, 0}, count: [NumArch]int{1, 1, 0}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3},
	{0x0, 0x1, 0x2, 0x3},
	{},
}}

var layout_ustat = Layout{Name: "ustat", Kind: KindStruct, Signed: false, size: [NumArch]int{32, 20, 32}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "f_tfree", Kind: KindInt, Signed: true, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "f_tinode", Kind: KindUlong, Signed: false, Array: false, offset: [NumArch]int{8, 4, 8}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "f_fname", Kind: KindChars, Signed: false, Array: true, offset: [NumArch]int{16, 8, 16}, size: [NumArch]int{6, 6, 6}, count: [NumArch]int{6, 6, 6}},
	{Name: "f_fpack", Kind: KindChars, Signed: false, Array: true, offset: [NumArch]int{22, 14, 22}, size: [NumArch]int{6, 6, 6}, count: [NumArch]int{6, 6, 6}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3},
	{0x0, 0x1, 0x2, 0x3},
	{0x0, 0x1, 0x2, 0x3},
}}

var layout_utimbuf = Layout{Name: "utimbuf", Kind: KindStruct, Signed: false, size: [NumArch]int{16, 8, 16}, align: [NumArch]int{8, 4, 8}, fields: []Field{
	{Name: "actime", Kind: KindTime, Signed: true, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "modtime", Kind: KindTime, Signed: true, Array: false, offset: [NumArch]int{8, 4, 8}, size: [NumArch]int{8, 4, 8}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1},
	{0x0, 0x1},
	{0x0, 0x1},
}}

var layout_utsname = Layout{Name: "utsname", Kind: KindStruct, Signed: false, size: [NumArch]int{390, 390, 390}, align: [NumArch]int{1, 1, 1}, fields: []Field{
	{Name: "sysname", Kind: KindChars, Signed: false, Array: true, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{65, 65, 65}, count: [NumArch]int{65, 65, 65}},
	{Name: "nodename", Kind: KindChars, Signed: false, Array: true, offset: [NumArch]int{65, 65, 65}, size: [NumArch]int{65, 65, 65}, count: [NumArch]int{65, 65, 65}},
	{Name: "release", Kind: KindChars, Signed: false, Array: true, offset: [NumArch]int{130, 130, 130}, size: [NumArch]int{65, 65, 65}, count: [NumArch]int{65, 65, 65}},
	{Name: "version", Kind: KindChars, Signed: false, Array: true, offset: [NumArch]int{195, 195, 195}, size: [NumArch]int{65, 65, 65}, count: [NumArch]int{65, 65, 65}},
	{Name: "machine", Kind: KindChars, Signed: false, Array: true, offset: [NumArch]int{260, 260, 260}, size: [NumArch]int{65, 65, 65}, count: [NumArch]int{65, 65, 65}},
	{Name: "domainname", Kind: KindChars, Signed: false, Array: true, offset: [NumArch]int{325, 325, 325}, size: [NumArch]int{65, 65, 65}, count: [NumArch]int{65, 65, 65}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5},
	{0x0, 0x1, 0x2, 0x3, 0x4, 0x5},
}}

var layout_winsize = Layout{Name: "winsize", Kind: KindStruct, Signed: false, size: [NumArch]int{8, 8, 8}, align: [NumArch]int{2, 2, 2}, fields: []Field{
	{Name: "ws_row", Kind: KindU16, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{2, 2, 2}, count: [NumArch]int{1, 1, 1}},
	{Name: "ws_col", Kind: KindU16, Signed: false, Array: false, offset: [NumArch]int{2, 2, 2}, size: [NumArch]int{2, 2, 2}, count: [NumArch]int{1, 1, 1}},
	{Name: "ws_xpixel", Kind: KindU16, Signed: false, Array: false, offset: [NumArch]int{4, 4, 4}, size: [NumArch]int{2, 2, 2}, count: [NumArch]int{1, 1, 1}},
	{Name: "ws_ypixel", Kind: KindU16, Signed: false, Array: false, offset: [NumArch]int{6, 6, 6}, size: [NumArch]int{2, 2, 2}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2, 0x3},
	{0x0, 0x1, 0x2, 0x3},
	{0x0, 0x1, 0x2, 0x3},
}}

var layout_xattr_args = Layout{Name: "xattr_args", Kind: KindStruct, Signed: false, size: [NumArch]int{16, 16, 16}, align: [NumArch]int{8, 8, 8}, fields: []Field{
	{Name: "value", Kind: KindAddr, Signed: false, Array: false, offset: [NumArch]int{0, 0, 0}, size: [NumArch]int{8, 8, 8}, count: [NumArch]int{1, 1, 1}},
	{Name: "size", Kind: KindU32, Signed: false, Array: false, offset: [NumArch]int{8, 8, 8}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
	{Name: "flags", Kind: KindFlags, Of: "xattr", Set: &flagSets[242], Signed: false, Array: false, offset: [NumArch]int{12, 12, 12}, size: [NumArch]int{4, 4, 4}, count: [NumArch]int{1, 1, 1}},
}, order: [NumArch][]uint8{
	{0x0, 0x1, 0x2},
	{0x0, 0x1, 0x2},
	{0x0, 0x1, 0x2},
}}

var layouts = [...]*Layout{
	&layout_aio_context,
	&layout_aio_sigset,
	&layout_cachestat,
	&layout_cachestat_range,
	&layout_cap_data,
	&layout_cap_header,
	&layout_clone_args,
	&layout_cmsghdr,
	&layout_epoll_event,
	&layout_f_owner_ex,
	&layout_fanotify_event_metadata,
	&layout_fd,
	&layout_fdset,
	&layout_file_attr,
	&layout_file_handle,
	&layout_flock,
	&layout_flock64,
	&layout_futex_waitv,
	&layout_gid,
	&layout_gid16,
	&layout_ifaddrmsg,
	&layout_ifconf,
	&layout_ifinfomsg,
	&layout_ifmap,
	&layout_ifreq,
	&layout_inotify_event,
	&layout_int,
	&layout_io_cqring_offsets,
	&layout_io_event,
	&layout_io_sqring_offsets,
	&layout_io_uring_params,
	&layout_iocb,
	&layout_iovec,
	&layout_iovec_remote,
	&layout_ipc_perm,
	&layout_itimerspec,
	&layout_itimerspec64,
	&layout_itimerval,
	&layout_kcmp_epoll_slot,
	&layout_kexec_segment,
	&layout_landlock_net_port_attr,
	&layout_landlock_path_beneath_attr,
	&layout_landlock_ruleset_attr,
	&layout_linger,
	&layout_linux_dirent,
	&layout_linux_dirent64,
	&layout_long,
	&layout_mmap_arg_struct,
	&layout_mmsghdr,
	&layout_mnt_id_req,
	&layout_mount_attr,
	&layout_mq_attr,
	&layout_msgbuf,
	&layout_msghdr,
	&layout_msqid_ds,
	&layout_nlmsghdr,
	&layout_ns_id_req,
	&layout_old_linux_dirent,
	&layout_old_sigaction,
	&layout_old_sigset,
	&layout_old_utsname,
	&layout_oldold_utsname,
	&layout_oldstat,
	&layout_open_how,
	&layout_perf_event_attr,
	&layout_pollfd,
	&layout_ptr,
	&layout_rlimit,
	&layout_rlimit64,
	&layout_robust_list_head,
	&layout_rseq,
	&layout_rtmsg,
	&layout_rusage,
	&layout_s64,
	&layout_sched_attr,
	&layout_sched_param,
	&layout_seccomp_data,
	&layout_seccomp_notif,
	&layout_seccomp_notif_addfd,
	&layout_seccomp_notif_resp,
	&layout_seccomp_notif_sizes,
	&layout_sel_arg_struct,
	&layout_sembuf,
	&layout_semid_ds,
	&layout_shmid_ds,
	&layout_sigaction,
	&layout_sigev_thread,
	&layout_sigevent,
	&layout_siginfo,
	&layout_siginfo_bounds,
	&layout_siginfo_kill,
	&layout_siginfo_perf,
	&layout_siginfo_pkey,
	&layout_siginfo_rt,
	&layout_siginfo_sigchld,
	&layout_siginfo_sigfault,
	&layout_siginfo_sigpoll,
	&layout_siginfo_sigsys,
	&layout_siginfo_timer,
	&layout_signalfd_siginfo,
	&layout_sigset,
	&layout_sigset_argpack,
	&layout_sigval,
	&layout_sock_filter,
	&layout_sock_fprog,
	&layout_sockaddr,
	&layout_sockaddr_alg,
	&layout_sockaddr_in,
	&layout_sockaddr_in6,
	&layout_sockaddr_ll,
	&layout_sockaddr_nl,
	&layout_sockaddr_un,
	&layout_sockaddr_vm,
	&layout_stack,
	&layout_stat,
	&layout_stat64,
	&layout_statfs,
	&layout_statfs64,
	&layout_statx,
	&layout_statx_timestamp,
	&layout_sysinfo,
	&layout_termios,
	&layout_termios2,
	&layout_timespec,
	&layout_timespec64,
	&layout_timeval,
	&layout_timeval64,
	&layout_timex,
	&layout_timex64,
	&layout_timezone,
	&layout_tms,
	&layout_u16,
	&layout_u32,
	&layout_u64,
	&layout_ucred,
	&layout_uid,
	&layout_uid16,
	&layout_uint,
	&layout_ulong,
	&layout_user_desc,
	&layout_ustat,
	&layout_utimbuf,
	&layout_utsname,
	&layout_winsize,
	&layout_xattr_args,
}
