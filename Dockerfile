FROM node:24.21.0-bookworm-slim
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY packages packages
COPY services services
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund \
  && npm cache clean --force \
  && mkdir /data && chown node:node /data
USER node
VOLUME /data
ENTRYPOINT ["node"]
CMD ["services/tracker/src/main.ts"]
