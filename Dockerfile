# The sheet importer: one image for its server (the default) and for its worker
# (`node --enable-source-maps dist/demo/worker/main.js`).

FROM node:22-slim AS build
WORKDIR /app
# Dependencies first: they change less often than the sources, and are then taken from the cache.
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json nest-cli.json ./
COPY src ./src
RUN npx nest build
# The demo is not published, so what it runs with are devDependencies of the package, like the tools. The tools go, by
# their names; `--omit=dev` would take the demo's own packages too.
RUN npm uninstall --no-audit --no-fund --ignore-scripts \
      @eslint/js @nestjs/cli @nestjs/testing @nestjs/platform-fastify @swc/core @swc/jest @types/express @types/jest \
      @types/multer @types/node eslint fast-check jest playwright-core prettier typescript typescript-eslint

FROM node:22-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 UPLOAD_DIR=/data/uploads
WORKDIR /app
# A volume that is first mounted here takes over the owner.
RUN mkdir -p /data/uploads && chown -R node:node /data
# package.json is needed at run time: the demo imports the library by the names that its exports define.
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
USER node
EXPOSE 3000
CMD ["node", "--enable-source-maps", "dist/demo/server/main.js"]
