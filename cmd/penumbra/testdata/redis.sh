# redis.sh DIR [COMMAND]: a redis-server, by COMMAND if there is one, and its clients.
cd "$1"
socket=$1/redis.socket
rm -f "$socket"
$2 redis-server --port 0 --unixsocket "$socket" --save '' --logfile "$1/redis.log" &
server=$!
until redis-cli -s "$socket" ping >/dev/null 2>&1; do sleep 0.05; done
redis-cli -s "$socket" set key value
redis-cli -s "$socket" get key
redis-cli -s "$socket" config set port 0 >/dev/null
redis-cli -s "$socket" get key
redis-cli -s "$socket" rpush list a b c
redis-cli -s "$socket" shutdown nosave
wait $server
echo bye $?
