#!/bin/sh
# All tests under other versions of Node, which npx downloads: npm run test:node -- 22 24
# CIRQUE_TESTS names the test files, those of all by default.
set -e
[ $# -gt 0 ] || set -- 22 24
for version in "$@"; do
  # The package node puts its program in place by a script, and .npmrc turns scripts off.
  node=$(npm_config_ignore_scripts=false npx -y -p "node@$version" -c "command -v node")
  case $("$node" --version) in
    "v$version" | "v$version".*) echo "Node $("$node" --version)" ;;
    *) echo "npx gives Node $("$node" --version) instead of $version; remove $(npm config get cache)/_npx" >&2; exit 1 ;;
  esac
  # Variables of npx would reach what the tests start.
  env -u npm_config_package -u npm_command PATH="$(dirname "$node"):$PATH" \
    "$node" --test --test-concurrency=2 ${CIRQUE_TESTS:-$(find dist/test -name '*.test.js' | sort)}
done
