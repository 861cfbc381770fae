#!/bin/sh
# Runs a command whose output quotes what others wrote: until it ends, nothing it prints is a workflow command. (A
# runner looks for `::name::` at the start of a line and for `##[name]` anywhere in it.) On a terminal two odd lines more.
token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
echo "::stop-commands::$token"
"$@" && status=0 || status=$?
echo "::$token::"
exit "$status"
