# Runs one server for one owner and outlives neither. Started as: sh -c SCRIPT supervise FOLDER COMMAND...
# The owner holds the other end of standard input. Its end of file is the owner's death, however it came
# (return, crash, SIGKILL, Ctrl-C): the server's whole process group ends and the folder goes.
# Commands, one per line: start | stop SIGNAL PATIENCE | last-signal SIGNAL PATIENCE (used when the owner is gone);
# patience counts twentieths of a second. Answers: ready | started PID | exited CODE | stopped | ended.
folder=$1
shift
umask 077
mkdir -m 711 "$folder" || exit 1
exec 3<&0 </dev/null
state="$folder/.pid"

end_group() { # $1 signal, $2 patience, then SIGKILL to the group
  [ -s "$state" ] || return 0
  server=$(cat "$state")
  kill -s "$1" "$server" 2>/dev/null
  left=$2
  while [ -e "$state" ] && [ "$left" -gt 0 ]; do
    sleep 0.05
    left=$((left - 1))
  done
  [ -e "$state" ] && kill -s KILL -- "-$server" 2>/dev/null
  while [ -e "$state" ]; do sleep 0.02; done
}

last_signal=KILL
last_patience=0
echo ready
while read -r command signal patience <&3; do
  case $command in
    start)
      (
        # Not our descriptor 3: a server must not be able to read the owner's commands.
        setsid "$@" </dev/null >>"$folder/server.log" 2>&1 3<&- &
        pid=$!
        # From here on the shell has nothing to say itself ("Killed"), and the owner may be gone.
        exec 2>/dev/null
        trap '' PIPE
        echo "$pid" >"$state.new" && mv "$state.new" "$state"
        echo "started $pid"
        wait "$pid"
        code=$?
        # What the server forked stays in its group. Now, because the number can be given away again later.
        kill -s KILL -- "-$pid"
        rm -f "$state"
        echo "exited $code"
      ) &
      while [ ! -e "$state" ] && kill -0 $! 2>/dev/null; do sleep 0.01; done
      ;;
    last-signal)
      last_signal=$signal
      last_patience=$patience
      ;;
    stop)
      end_group "$signal" "$patience"
      wait
      echo stopped
      ;;
  esac
done

trap '' PIPE
end_group "$last_signal" "$last_patience"
echo ended 2>/dev/null
# A process that died a moment ago can still be writing: a folder that will not go is tried again.
tries=100
until rm -rf "$folder" 2>/dev/null || [ "$tries" -eq 0 ]; do
  sleep 0.05
  tries=$((tries - 1))
done
