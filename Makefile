# The one place for habits: `make help` lists them.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PREFIX ?= /usr/local
DESTDIR ?=
NODES ?= 2

# The lab needs root; everything else is done as the user. $(AS_ROOT) keeps the toolchain in the path.
SUDO := $(if $(filter 0,$(shell id -u)),,sudo)
AS_ROOT := $(if $(SUDO),$(SUDO) env "PATH=$$PATH",)
# As people install it: `make release` builds it.
KVMCTL := .build/release/kvmctl
# As it is typed: the keys of the lab are root's.
KVMCTL_AS_ROOT := $(if $(SUDO),$(SUDO) $(KVMCTL),$(KVMCTL))
KVMCTL_BY_HAND := $(if $(SUDO),$(SUDO) --preserve-env $(KVMCTL),$(KVMCTL))
FOLDERS := Package.swift Sources Tests

# What building needs, what the lab and its guest image need, what the tests need besides.
PACKAGES := libyaml-dev libvirt-dev libssh-dev libssl-dev libcrypt-dev libarchive-dev pkg-config \
  iproute2 util-linux mount kmod openssh-client openssh-server libvirt-daemon libvirt-daemon-driver-qemu \
  libvirt-clients qemu-system-x86 qemu-utils seabios ipxe-qemu dnsmasq-base iptables nftables xorriso \
  mmdebstrap debian-archive-keyring extlinux fdisk e2fsprogs ovmf swtpm-tools xz-utils zstd \
  qemu-system-arm qemu-efi-aarch64 \
  gpg gpg-agent libxml2-utils virtinst git curl openssl apache2-bin busybox-static sudo nginx-light shellcheck \
  openvswitch-switch glusterfs-server
# What cloud-init needs to check user-data.
CLOUD_INIT_NEEDS := python3-configobj python3-jinja2 python3-jsonpatch python3-jsonschema python3-netifaces \
  python3-oauthlib python3-requests python3-serial python3-yaml
# From PyPI: what distributions have is of another age on each.
ANSIBLE := ansible-core>=2.15,<2.20
# Services of these packages that would start with the machine although nobody but the lab wanted them.
SERVICES := ssh.service ssh.socket libvirtd.service libvirtd.socket libvirtd-ro.socket libvirtd-admin.socket \
  virtlogd.service virtlogd.socket virtlockd.service virtlockd.socket libvirt-guests.service nginx.service \
  openvswitch-switch.service ovs-vswitchd.service ovsdb-server.service ovs-record-hostname.service \
  glusterd.service glustereventsd.service

define INSTALL
export DEBIAN_FRONTEND=noninteractive
apt-get install -y -q --no-install-recommends "$$@" || { apt-get update -q && apt-get install -y -q --no-install-recommends "$$@"; }
endef
export INSTALL

.PHONY: help setup test-tools cloud-init-tool ansible-tool toolchain build release demo test long-test bench fmt lint scripts install lab lab-down clean

help: ## Shows this list.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | sed -E 's/:.*## /\t/' | expand -t 18

toolchain:
	@command -v swift >/dev/null || { \
	  echo "No swift in PATH: install a Swift 6.2 toolchain or newer from swift.org (with sudo: sudo env \"PATH=\$$PATH\" make …)." >&2; \
	  exit 1; }

# The programs that maintainer scripts start daemons with are hidden from the installation, in a mount namespace of its
# own: no daemon of the machine is started or restarted, and nothing is left behind however it ends.
setup: toolchain ## Installs the Debian packages that are missing; starts no daemon.
	@missing=(); for package in $(PACKAGES); do \
	  dpkg-query -W -f '$${db:Status-Status}' "$$package" 2>/dev/null | grep -qx installed || missing+=("$$package"); \
	done; \
	[ "$${#missing[@]}" -gt 0 ] || exit 0; \
	echo "Installing $${missing[*]}"; \
	before=$$(ls /lib/systemd/system /usr/lib/systemd/system 2>/dev/null | sort -u || true); \
	$(SUDO) unshare --mount bash -euc '\
	  mount --make-rprivate /; \
	  for starter in /usr/sbin/invoke-rc.d /usr/bin/deb-systemd-invoke; do \
	    if [ -e "$$starter" ]; then mount --bind /bin/true "$$starter"; fi; \
	  done; \
	  eval "$$0"' "$$INSTALL" "$${missing[@]}"; \
	if command -v systemctl >/dev/null; then for service in $(SERVICES); do \
	  if grep -qx "$$service" <<<"$$before"; then continue; fi; \
	  $(SUDO) systemctl disable --quiet "$$service" 2>/dev/null || true; \
	done; fi

build: toolchain ## Builds kvmctl for development.
	@swift build --product kvmctl

release: toolchain ## Builds kvmctl as it is installed.
	@.ci/build-release >/dev/null

lab: release ## Starts the lab (NODES=2) and provides its guest image.
	@$(SUDO) $(KVMCTL) lab up --nodes $(NODES)
	@$(SUDO) $(KVMCTL) lab image

lab-down: ## Takes the lab down.
	@for kvmctl in $(KVMCTL) .build/debug/kvmctl; do \
	  if [ -x "$$kvmctl" ]; then $(SUDO) "$$kvmctl" lab down; exit; fi; \
	done

demo: setup lab ## Installs, builds, starts the lab and brings up the examples on it.
	@eval "$$($(SUDO) $(KVMCTL) lab env)"; \
	run=($(SUDO) env "KVMCTL_IDENTITY=$$KVMCTL_IDENTITY" "KVMCTL_KNOWN_HOSTS=$$KVMCTL_KNOWN_HOSTS" $(KVMCTL)); \
	spec=(-f examples/cluster.yaml --var-file "$$KVMCTL_LAB_VARS"); \
	"$${run[@]}" apply "$${spec[@]}" --auto-approve; \
	"$${run[@]}" get instances "$${spec[@]}"; \
	web=(-f examples/web.yaml --var-file "$$KVMCTL_LAB_VARS"); \
	"$${run[@]}" apply "$${web[@]}" --auto-approve; \
	"$${run[@]}" get sites "$${web[@]}"; \
	printf '%s\n' '' 'The example runs. To go on by hand:' \
	  "  eval \"\$$($(KVMCTL_AS_ROOT) lab env)\"" \
	  "  $(KVMCTL_BY_HAND) plan $${spec[*]}" \
	  "  $(KVMCTL_BY_HAND) ssh $${spec[*]} web-1" \
	  "  open the websites at the addresses above; their repository: git clone $$(sed -n 's/^repo: //p' "$$KVMCTL_LAB_VARS")" \
	  "  push to it, then: $(KVMCTL_BY_HAND) apply $${web[*]}" \
	  "  edit examples/cluster.yaml, then: $(KVMCTL_BY_HAND) apply $${spec[*]}" \
	  "  $(KVMCTL_BY_HAND) destroy $${web[*]}; $(KVMCTL_BY_HAND) destroy $${spec[*]}" \
	  '  make lab-down        when you are done'

test-tools: cloud-init-tool ansible-tool

# cloud-init checks the tests' seeds. Installed, it would run at the machine's next boot: it is unpacked beside the build.
cloud-init-tool: setup
	@if command -v cloud-init >/dev/null || [ -x .build/tools/bin/cloud-init ]; then exit 0; fi; \
	echo "Unpacking cloud-init into .build/tools"; \
	$(SUDO) bash -euc "$$INSTALL" install $(CLOUD_INIT_NEEDS) >/dev/null; \
	rm -rf .build/tools/cloud-init*; mkdir -p .build/tools/bin .build/tools/cloud-init; \
	(cd .build/tools && apt-get download -q cloud-init 2>/dev/null && dpkg-deb -x cloud-init_*.deb cloud-init); \
	printf '#!/bin/sh\nPYTHONPATH="%s" exec /usr/bin/python3 -m cloudinit.cmd.main "$$@"\n' \
	  "$$PWD/.build/tools/cloud-init/usr/lib/python3/dist-packages" >.build/tools/bin/cloud-init; \
	chmod +x .build/tools/bin/cloud-init

# Ansible runs the tests' playbooks. It has a Python environment of its own, so that nothing of the machine's changes.
ansible-tool: setup
	@if command -v ansible-playbook >/dev/null || [ -x .build/tools/bin/ansible-playbook ]; then exit 0; fi; \
	echo "Installing ansible-core into .build/tools"; \
	python3 -c 'import ensurepip, venv' 2>/dev/null || $(SUDO) bash -euc "$$INSTALL" install python3-venv >/dev/null; \
	rm -rf .build/tools/ansible; mkdir -p .build/tools/bin; \
	python3 -m venv .build/tools/ansible; \
	.build/tools/ansible/bin/pip install -q --disable-pip-version-check '$(ANSIBLE)'; \
	ln -sf ../ansible/bin/ansible-playbook .build/tools/bin/ansible-playbook

test: setup test-tools ## Runs the unit tests, then the end-to-end scenarios on the lab with what is installed.
	@PATH="$$PATH:$$PWD/.build/tools/bin" .ci/test

long-test: setup test-tools ## Runs the end-to-end scenarios that take long (suites named …LongTests).
	@PATH="$$PATH:$$PWD/.build/tools/bin" .ci/test long

bench: setup ## Measures kvmctl beside the bare calls.
	@$(AS_ROOT) .ci/bench
	@$(AS_ROOT) .ci/bench-migration
	@$(AS_ROOT) .ci/bench-sites
	@$(AS_ROOT) .ci/bench-roles
	@$(AS_ROOT) .ci/bench-firewall
	@$(AS_ROOT) .ci/bench-images
	@$(AS_ROOT) .ci/bench-overlay

fmt: toolchain ## Formats the sources.
	@swift format --in-place --parallel --recursive $(FOLDERS)

scripts: ## Puts the shell scripts of nodes and guests (Sources/…/*Scripts/*.sh) and the role packages (roles/) into Swift.
	@.ci/embed-scripts
	@.ci/embed-packages

lint: toolchain ## Checks the format, and the shell scripts of nodes and guests.
	@.ci/embed-scripts --check
	@.ci/embed-packages --check
	@.ci/lint-scripts
	@swift format lint --strict --parallel --recursive $(FOLDERS)

install: toolchain ## Installs a release build with the Swift runtime linked in (PREFIX=/usr/local).
	@binary=$$(.ci/build-release); install -D -s -m 755 "$$binary" "$(DESTDIR)$(PREFIX)/bin/kvmctl"

clean: lab-down ## Takes the lab down and removes what was built.
	@rm -rf .build
