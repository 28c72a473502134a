# shellcheck shell=sh
# Whether Docker runs and the machine is in a swarm, as what it is to be.
read -r mode <"$KVMCTL_INPUTS/mode" || [ -n "$mode" ] || exit 1
read -r listen <"$KVMCTL_INPUTS/listen" || [ -n "$listen" ] || exit 1
# To ask would start it.
systemctl -q is-active docker.service || { echo 'Docker does not run'; exit 1; }
said=$(timeout -k 1 25 docker info --format \
    '{{.Swarm.LocalNodeState}} {{.Swarm.ControlAvailable}} {{.Swarm.NodeAddr}} {{.Swarm.Error}}' 2>&1) || {
    said=$(printf '%s\n' "$said" | tail -n 1)
    echo "Docker does not answer: ${said:-it was asked for 25 s}"
    exit 1
}
is=worker
case $said in
    'active true '*) is=manager ;;
    'active false '*) ;;
    'inactive '*) echo 'the machine is in no swarm'; exit 1 ;;
    'locked '*) echo 'the swarm is locked: unlock it with docker swarm unlock'; exit 1 ;;
    *) echo "the machine's part of the swarm does not run: $said"; exit 1 ;;
esac
[ "$is" = "$mode" ] || { echo "the machine is a $is of the swarm and not a $mode"; exit 1; }
address=$(printf '%s\n' "$said" | cut -d ' ' -f 3)
[ "$address" = "$listen" ] || { echo "the swarm knows the machine as $address and not as $listen"; exit 1; }
