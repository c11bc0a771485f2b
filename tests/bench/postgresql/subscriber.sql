-- The other side: the published columns, and how the measuring waits.
\set ON_ERROR_STOP on
CREATE EXTENSION dblink;
\ir published.sql
CREATE TABLE vacancy (LIKE published, PRIMARY KEY (id));

-- The words that Minga indexes of a vacancy. Inlined by the planner, so that
-- the index is of the expression itself.
CREATE FUNCTION words(title text, description text, occupation text,
                      employer text, skills text, municipality text)
RETURNS tsvector IMMUTABLE PARALLEL SAFE LANGUAGE sql AS
  $$SELECT to_tsvector('spanish'::regconfig,
      title || ' ' || description || ' ' || coalesce(occupation, '') ||
      ' ' || coalesce(employer, '') || ' ' || coalesce(skills, '') || ' ' ||
      coalesce(municipality, ''))$$;

-- A page of hits, the best first, as a search of Minga answers.
CREATE FUNCTION finds(word text) RETURNS boolean VOLATILE LANGUAGE plpgsql AS
$$BEGIN
  PERFORM id FROM vacancy
    WHERE words(title, description, occupation, employer, skills, municipality)
          @@ plainto_tsquery('spanish', word)
    ORDER BY ts_rank(words(title, description, occupation, employer, skills,
                           municipality), plainto_tsquery('spanish', word)) DESC
    LIMIT 20;
  RETURN FOUND;
END$$;

-- Volatile, so that each query inside sees what was committed since the last.
CREATE FUNCTION wait_until_found(word text, seconds_each float8)
RETURNS void VOLATILE LANGUAGE plpgsql AS $$
BEGIN
  WHILE NOT finds(word) LOOP
    PERFORM pg_sleep(seconds_each);
  END LOOP;
END $$;

CREATE FUNCTION wait_until_synced() RETURNS void VOLATILE LANGUAGE plpgsql AS $$
BEGIN
  WHILE NOT EXISTS (SELECT FROM pg_subscription_rel)
     OR EXISTS (SELECT FROM pg_subscription_rel WHERE srsubstate <> 'r') LOOP
    PERFORM pg_sleep(0.01);
  END LOOP;
END $$;

-- Milliseconds from an INSERT at the publisher until a search here finds it,
-- one after the other. Each call has another `series`.
CREATE FUNCTION latencies(publisher text, series int, changes int)
RETURNS SETOF float8 VOLATILE LANGUAGE plpgsql AS $$
DECLARE
  began timestamptz;
  word text;
BEGIN
  PERFORM dblink_connect('origin', publisher);
  FOR i IN 1..changes LOOP
    word := 'zq' || series || 'x' || i || 'kx';
    began := clock_timestamp();
    PERFORM dblink_exec('origin', format(
      'INSERT INTO vacancy SELECT %s, %L, shareable, status, language, %L,
         description, isco, occupation, employer, employer_legal_id, skills,
         country, subdivision, municipality, contract_type, schedule, isced,
         experience_months, start_date, closing_date, rest, provenance
       FROM vacancy WHERE shareable AND n < 64 ORDER BY n LIMIT 1',
      -(series * 1000000 + i), 'latency-' || word, word));
    PERFORM wait_until_found(word, 0.0002);
    RETURN NEXT extract(epoch FROM clock_timestamp() - began) * 1000;
  END LOOP;
  PERFORM dblink_disconnect('origin');
END $$;
