# shellcheck shell=sh
# Describes the node.

. ./describe.sh
describe
