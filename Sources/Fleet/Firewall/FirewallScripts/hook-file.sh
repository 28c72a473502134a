# shellcheck shell=sh
# Where libvirt looks for what it is to run when a guest starts. It looks when it starts itself, and at SIGHUP, which it is not sent:
# that would start networks that somebody has stopped. The names of taps do not change, so until then the rules that kvmctl loaded
# hold for a guest that somebody else starts.
filter_hook=/etc/libvirt/hooks/qemu.d/kvmctl
