#!/bin/sh
# All tests under other versions of Node, which npx downloads: npm run test:node -- 22 24
set -e
[ $# -gt 0 ] || set -- 22 24
for version in "$@"; do
  node=$(npx -y -p "node@$version" -c "command -v node")
  echo "Node $("$node" --version)"
  # Variables of npx would reach what the tests start.
  env -u npm_config_package -u npm_command PATH="$(dirname "$node"):$PATH" \
    "$node" --test --test-concurrency=2 $(find dist/test -name '*.test.js' | sort)
done
