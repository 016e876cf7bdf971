# The application image of docker-compose.yml. Build needs the package indexes; nothing else is downloaded.
FROM python:3.11-bookworm AS web
WORKDIR /app
COPY . .
RUN make web

FROM python:3.11-slim-bookworm
WORKDIR /app
RUN useradd --system --create-home --uid 10001 bidding
COPY requirements.lock pyproject.toml README.md LICENSE ./
COPY bidding ./bidding
COPY --from=web /app/bidding/web ./bidding/web
COPY storage ./storage
COPY scenarios ./scenarios
RUN pip install --no-cache-dir uv==0.13.9 \
    && uv pip install --system --no-cache --require-hashes -r requirements.lock \
    && uv pip install --system --no-cache --no-deps --no-build-isolation .
USER bidding
ENV BIDDING_DATA=/var/lib/bidding BIDDING_HOST=0.0.0.0 PYTHONUNBUFFERED=1
VOLUME /var/lib/bidding
EXPOSE 8000 8001
ENTRYPOINT ["bidding"]
CMD ["serve"]
