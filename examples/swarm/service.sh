# shellcheck shell=sh
# Has each worker run a container of the image that image.sh makes, and every machine of the swarm answer on port 8080.
set -eu
! docker service inspect hello >/dev/null 2>&1 || exit 0
docker service create --quiet --detach --name hello --no-resolve-image --mode global \
    --stop-grace-period 20s --constraint node.role==worker --hostname '{{.Node.Hostname}}' \
    --publish 8080:8080 hello:1 >/dev/null
