package guest

const MostSockets = mostSockets

// Remembered returns how many sockets are remembered.
func (fs *Files) Remembered() int { return len(fs.sockets) }
