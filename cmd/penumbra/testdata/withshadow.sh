# withshadow.sh NETWORK COMMAND: run COMMAND beside a shadow that listens at $SOCKET.
SOCKET=$WORK/shadow.socket
export SOCKET
rm -f "$SOCKET"
set -- "$1" "$2" ""
test "$(id -u)" != 0 || set -- "$1" "$2" --allow-root
penumbra shadow --listen=unix:"$SOCKET" --export=/:rw --network="$1" --journal="$WORK/state" $3 2>/dev/null &
until test -S "$SOCKET"; do sleep 0.01; done
eval "$2"
status=$?
kill $!
wait $!
exit $status
