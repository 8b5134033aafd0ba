# docker build -t cirque . && docker run --rm -v "$PWD:/work" cirque run pipelines/quickstart.yaml
FROM node:22-bookworm-slim AS build
WORKDIR /cirque
COPY . .
RUN npm ci && npm run build && npm prune --omit=dev --ignore-scripts

FROM node:22-bookworm-slim
COPY --from=build /cirque /cirque
RUN ln -s /cirque/dist/src/cli/main.js /usr/local/bin/cirque && chmod +x /cirque/dist/src/cli/main.js
USER node
WORKDIR /work
ENTRYPOINT ["cirque"]
CMD ["--help"]
